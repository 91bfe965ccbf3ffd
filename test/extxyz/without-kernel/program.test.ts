import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FrameWriter } from '../../../lib/extxyz/write-frame.js'
import { uniform } from '../../random-numbers.js'
import { runScript } from '../../run-script.js'
import { useScratchFolders } from '../../scratch-folder.js'

const scratch = useScratchFolders()

/** Frames with columns of every type, and numbers and words that only texts can do among them. */
function text(): Uint8Array {
  const writer = new FrameWriter()
  const random = uniform(50)
  for (let natoms = 0; natoms < 40; natoms++) {
    const reals = Float64Array.from(
      { length: 3 * natoms },
      () => (random() - 0.5) * 10 ** Math.floor(random() * 20 - 10),
    )
    if (natoms > 5) reals.set([Number.NaN, 1e-300, 1e300, -0, 2 ** 60], 7)
    writer.append({
      natoms,
      cell: natoms % 2 ? null : Float64Array.from({ length: 9 }, random),
      pbc: [true, false, true],
      info: {
        energy: random(),
        count: natoms,
        list: { dtype: 'float64', shape: [3], data: Float64Array.of(1, 0.1, 1e-9) },
      },
      arrays: {
        species: {
          dtype: 'string',
          shape: [natoms],
          data: Array.from({ length: natoms }, (_, i) => ['H', 'Cu', 'Wärme'][i % 3]!),
        },
        pos: { dtype: 'float64', shape: [natoms, 3], data: reals },
        tag: { dtype: 'int32', shape: [natoms], data: Int32Array.from({ length: natoms }, (_, i) => i - 3) },
        id: {
          dtype: 'int64',
          shape: [natoms],
          data: BigInt64Array.from({ length: natoms }, (_, i) => 2n ** 40n + BigInt(i)),
        },
        fixed: { dtype: 'bool', shape: [natoms], data: Uint8Array.from({ length: natoms }, (_, i) => i % 2) },
      },
    })
  }
  return writer.take()
}

it('reads and writes the same where Node has no WebAssembly', async () => {
  const file = join(scratch(), 'all.xyz')
  writeFileSync(file, text())
  const [usual, without] = await Promise.all([
    runScript('rewrite-frames.mjs', { args: [file] }),
    runScript('rewrite-frames.mjs', { args: [file], flags: ['--jitless'] }),
  ])
  expect([usual.code, without.code]).toEqual([0, 0])
  const lines = usual.stdout.split('\n')
  expect(lines.length).toBeGreaterThan(1600)
  expect([lines[0], ...without.stdout.split('\n')]).toEqual(['object', 'undefined', ...lines.slice(1)])
})
