/** Files that stand beside inputs and outputs, damaged at random: never a wrong output, no crash, no hang. */
import { cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { OutputLockedError, ResumeError, Rng } from 'autopara'
import { indexFrames } from 'autopara/extxyz'
import { describe, expect, it } from 'vitest'
import { installFaults } from '../fixtures/reliability/fault-files.mjs'
import { runs } from '../fixtures/reliability/runs.mjs'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { filesIn, soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const RUNS = soak ? 3000 : 60
const INDEXES = soak ? 20_000 : 500

/** The text with a byte changed, bytes left out or put in, lines doubled or exchanged, or an end cut off. */
function damaged(text: Buffer, rng: Rng): Buffer {
  const at = rng.integers(0, text.length)
  const length = rng.integers(1, 20)
  const noise = Buffer.from(Array.from({ length }, () => rng.integers(0, 256)))
  const lines = text.toString('latin1').split('\n')
  const line = rng.integers(0, lines.length)
  const kinds = [
    () => Buffer.concat([text.subarray(0, at), noise.subarray(0, 1), text.subarray(at + 1)]),
    () => Buffer.concat([text.subarray(0, at), text.subarray(at + length)]),
    () => Buffer.concat([text.subarray(0, at), noise, text.subarray(at)]),
    () => text.subarray(0, at),
    () => Buffer.alloc(text.length),
    () => Buffer.from(lines.toSpliced(line, 0, lines[rng.integers(0, lines.length)] as string).join('\n'), 'latin1'),
    () => Buffer.from(lines.toSpliced(line, 1).join('\n'), 'latin1'),
    () => Buffer.from(text.toString('latin1').replace(/\d/, String(rng.integers(0, 10))), 'latin1'),
    () =>
      Buffer.from(
        text.toString('latin1').replaceAll(/\d/g, () => String(rng.integers(0, 10))),
        'latin1',
      ),
  ]
  return (kinds[rng.integers(0, kinds.length)] as () => Buffer)()
}

/** Runs to where the output would be completed, with a record at every write. */
async function breakOff(folder: string): Promise<void> {
  const layer = installFaults({ folder, on: 'sync out.xyz.partial', action: 'EIO', clock: true })
  await expect(runs.resumed(folder, { npool: 0 })).rejects.toThrow('EIO')
  layer.uninstall()
}

describe('a run that was broken off', () => {
  it(`is resumed to the same bytes, or refuses, whatever befell its journal, log or lock (${RUNS} times)`, async () => {
    const rng = new Rng('journal')
    const base = scratch()
    const folder = join(base, 'run')
    mkdirSync(folder)
    await writeInput(folder, 24, { repeat: 5 })
    const broken = join(base, 'broken')
    await breakOff(folder)
    writeFileSync(join(folder, 'out.xyz.lock'), JSON.stringify({ host: hostname(), boot: 'x', pid: 1, start: '1' }))
    cpSync(folder, broken, { recursive: true, preserveTimestamps: true })
    const names = ['out.xyz.journal', 'out.xyz.journal', 'out.xyz.lock'] as const
    rmSync(join(folder, 'out.xyz.lock'))
    await runs.resumed(folder, { npool: 0 })
    const expected = await filesIn(folder)
    const ends = { resumed: 0, refused: 0 }
    for (let k = 0; k < RUNS; k++) {
      restoreFrom(broken, folder)
      const name = names[k % names.length] as string
      writeFileSync(join(folder, name), damaged(readFileSync(join(folder, name)), rng))
      const damage = readFileSync(join(folder, name), 'latin1')
      try {
        await runs.resumed(folder, { npool: 0 })
        ends.resumed++
        expect(await filesIn(folder), damage).toEqual(expected)
      } catch (error) {
        if (!(error instanceof ResumeError) && !(error instanceof OutputLockedError)) throw error
        ends.refused++
        expect((await filesIn(folder))['out.xyz'], damage).toBeUndefined()
      }
    }
    expect(ends.resumed).toBeGreaterThan(RUNS / 4)
    expect(ends.refused).toBeGreaterThan(0)
    const outcome = `${ends.resumed} resumed to the same bytes, ${ends.refused} refused, 0 wrong`
    recordFigure('journal or lock of a broken-off run damaged at random', `${RUNS} times`, outcome)
  }, 1_800_000)
})

function restoreFrom(broken: string, folder: string): void {
  rmSync(join(folder, 'out.xyz'), { force: true })
  for (const name of ['out.xyz.partial', 'out.xyz.journal', 'out.xyz.failed.jsonl', 'out.xyz.lock'])
    cpSync(join(broken, name), join(folder, name))
}

describe('a saved index', () => {
  it(`is rebuilt where it is damaged, never believed (${INDEXES} times)`, async () => {
    const rng = new Rng('index')
    const path = await writeInput(scratch(), 50)
    const hourAgo = new Date(Date.now() - 3_600_000)
    utimesSync(path, hourAgo, hourAgo)
    const whole = await indexFrames(path, { saved: true })
    const ranges = Array.from({ length: whole.length }, (_, i) => whole.range(i))
    const saved = readFileSync(`${path}.idx`)
    for (let k = 0; k < INDEXES; k++) {
      writeFileSync(`${path}.idx`, damaged(saved, rng))
      const index = await indexFrames(path, { saved: true })
      expect(Array.from({ length: index.length }, (_, i) => index.range(i))).toEqual(ranges)
      expect(readFileSync(`${path}.idx`).equals(saved)).toBe(true)
    }
    recordFigure('saved index damaged at random', `${INDEXES} times`, '0 believed')
  }, 600_000)
})
