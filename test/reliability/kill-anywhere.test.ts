import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { run } from '../fixtures/chaos.mjs'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const program = fileURLToPath(new URL('../fixtures/chaos.mjs', import.meta.url))
const INSTANTS = soak ? 200 : 5

/** Processes that carry this mark in their environment. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)
    } catch {
      return false
    }
  })
}

describe.skipIf(process.platform !== 'linux')('a program that is killed', () => {
  it(`leaves no half output and no orphan, and goes on where it stopped (${INSTANTS} instants)`, async () => {
    const folder = scratch()
    const input = await writeInput(folder, 300)
    const reference = join(folder, 'reference.xyz')
    await run(input, reference, null, { loop: { npool: 0 } })
    const expected = readFileSync(reference)
    const mark = `AUTOPARA_TEST_MARK=${folder}`
    const start = (output: string): ReturnType<typeof spawn> =>
      spawn(process.execPath, [program, input, output, '-', '2', '4'], {
        stdio: 'ignore',
        env: { ...process.env, AUTOPARA_TEST_MARK: folder },
      })
    const whole = performance.now()
    const [code] = (await once(start(join(folder, 'whole.xyz')), 'exit')) as [number]
    expect(code).toBe(0)
    const duration = performance.now() - whole
    let kills = 0
    const waits: number[] = []
    for (let k = 0; k < INSTANTS; k++) {
      const output = join(folder, `${k}.xyz`)
      const child = start(output)
      await Promise.race([once(child, 'exit'), wait((duration * (k + 0.5)) / INSTANTS)])
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if (child.signalCode === 'SIGKILL') kills++
      if (existsSync(output)) expect(readFileSync(output).equals(expected)).toBe(true)
      const killed = performance.now()
      for (let tries = 0; marked(mark).length > 0; tries++) {
        expect(tries, `orphans: ${marked(mark)}`).toBeLessThan(100)
        await wait(100)
      }
      waits.push(performance.now() - killed)
      const [again] = (await once(start(output), 'exit')) as [number]
      expect(again).toBe(0)
      expect(readFileSync(output).equals(expected)).toBe(true)
      rmSync(output)
    }
    const left = readdirSync(folder).filter((name) => !/^(in|reference|whole)\.xyz$|\.failed\.jsonl$/.test(name))
    expect(left).toEqual([])
    const orphans = `no process left after ${(Math.max(...waits) / 1000).toFixed(1)} s`
    recordFigure('program killed after a while', `${kills} kills, ${INSTANTS} instants`, `0 lost, ${orphans}`)
  }, 3_600_000)
})
