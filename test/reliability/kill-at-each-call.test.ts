/**
 * The program is killed at every call that it makes to the file system, one after the other: before it, and in the middle of
 * it where it writes. fault-files.mjs counts the calls.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runs } from '../fixtures/reliability/runs.mjs'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { filesIn, inParallel, soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/reliability/${name}`, import.meta.url))
/** The quick form leaves out what is much like another. */
const LONG_ONLY: readonly string[] = soak ? [] : ['plain', 'added', 'replaced']

interface Fault {
  at?: number
  on?: string
  action: 'kill' | 'torn'
}

/** Runs a program over `folder` behind the fault layer; gives the calls that it made if it got through. */
async function runFaulty(
  name: keyof typeof runs,
  folder: string,
  fault: Fault,
  npool: number,
): Promise<string[] | null> {
  const log = `${folder}.log`
  const child = spawn(process.execPath, ['--import', fixture('fault-files.mjs'), fixture('runs.mjs'), name, folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      WFL_AUTOPARA_NPOOL: String(npool),
      FAULTS: JSON.stringify({ folder, clock: true, log, ...fault }),
    },
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal === 'SIGKILL') return null
  expect(code).toBe(0)
  return JSON.parse(readFileSync(log, 'utf8')) as string[]
}

/**
 * Where the program is killed: at all calls in the long form; else at the first of each kind that changes the output, and with
 * a journal at the first of every kind that changes anything.
 */
function faultsAt(name: string, calls: readonly string[]): Fault[] {
  if (soak) return calls.flatMap((call, k) => actionsAt(call).map((action) => ({ at: k + 1, action })))
  const kinds =
    name === 'resumed' ? /^(write|appendFile|sync|datasync|rename|rm|unlink) / : /^(write|rename|link|unlink) /
  const distinct = [...new Set(calls)].filter((call) => kinds.test(call))
  return distinct.flatMap((on) => actionsAt(on).map((action) => ({ on, action })))
}

/** What is written can also be torn in two. */
function actionsAt(call: string): Fault['action'][] {
  return /^(write|append)/.test(call) ? ['kill', 'torn'] : ['kill']
}

describe('a program that is killed at one of its calls to the file system', () => {
  const kinds = [
    ['plain', 0, []],
    ['resumed', 2, []],
    ['gzip', 0, []],
    ['mapped', 0, []],
    ['database', 0, []],
    ['added', 0, ['database']],
    ['rerun', 0, ['skipping']],
    ['replaced', 0, ['plain']],
  ] as const
  it.each(kinds.filter(([name]) => !LONG_ONLY.includes(name)))(
    'leaves an output that is absent or complete, and the next run completes it (%s, %i workers)',
    async (name, npool, before) => {
      const base = scratch()
      const start = join(base, 'start')
      mkdirSync(start)
      await writeInput(start, 24, { repeat: 4 })
      await writeInput(start, 12, { repeat: 4, name: 'in2.xyz', from: 24 })
      for (const earlier of before) await runs[earlier](start)
      const old = await filesIn(start)
      const whole = join(base, 'whole')
      cpSync(start, whole, { recursive: true, preserveTimestamps: true })
      const calls = (await runFaulty(name, whole, { action: 'kill' }, npool)) ?? []
      const expected = await filesIn(whole)
      expect(calls.length).toBeGreaterThan(10)
      const faults = faultsAt(name, calls)
      let kills = 0
      await inParallel(2, faults, async (fault) => {
        const folder = join(base, String(faults.indexOf(fault)))
        cpSync(start, folder, { recursive: true, preserveTimestamps: true })
        if ((await runFaulty(name, folder, fault, npool)) === null) kills++
        const call = fault.on ?? `call ${fault.at}: ${calls[(fault.at ?? 1) - 1]}`
        const what = `${name}, ${fault.action} at ${call}`
        const left = await filesIn(folder)
        for (const output of Object.keys(expected).filter((path) => /^out2?\.(xyz|xyz\.gz|db)$/.test(path)))
          expect([undefined, old[output], expected[output]], `${output} after ${what}`).toContain(left[output])
        await runs[name](folder, { npool: 0 })
        expect(await filesIn(folder), `after ${what}`).toEqual(expected)
      })
      // Which call is the n-th may differ a little from run to run when writes coalesce.
      expect(kills).toBeGreaterThan((soak ? 0.8 : 0.9) * faults.length)
      recordFigure(`program killed at a file call: ${name} output`, `${kills} kills at ${calls.length} calls`, '0 lost')
    },
    3_600_000,
  )
})
