/** The three files of the benchmark, made once per run in a temporary folder: (a) one large frame, (b) many small, (c) between. */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { FrameWriter } from '../../dist/lib/extxyz/index.js'

/** Name, frames, atoms per frame. */
export const shapes = {
  a: { frames: 1, atoms: 200_000 },
  b: { frames: 76_000, atoms: 27 },
  c: { frames: 1_000, atoms: 1_000 },
}

/** A generator of uniform numbers that is the same everywhere (Park and Miller, Comm. ACM 31, 1192 (1988)). */
export function uniform(seed) {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** Frame number `i` of a shape. Numbers have full precision; `%16.8f` or shortest text is the writer's business. */
export function makeFrame(atoms, i, random) {
  const pos = Float64Array.from({ length: 3 * atoms }, () => 40 * random() - 5)
  const forces = Float64Array.from({ length: 3 * atoms }, () => 4 * random() - 2)
  const species = Array.from({ length: atoms }, (_, k) => ['Si', 'O', 'H', 'C'][k % 4])
  const stress = Float64Array.from({ length: 6 }, () => random() - 0.5)
  const info = {
    config_type: 'bulk_amorphous',
    energy: -1000 * random(),
    REF_energy: -1000 * random(),
    step: i,
    temperature: 300 + random(),
    converged: true,
    hash: (random() * 2 ** 52).toString(16),
    REF_stress: { dtype: 'float64', shape: [6], data: stress },
  }
  const cell = Float64Array.of(10 + random(), 0, 0, random(), 11, 0, random(), random(), 12)
  const array = (data) => ({ dtype: 'float64', shape: [atoms, 3], data })
  const arrays = { species: { dtype: 'string', shape: [atoms], data: species }, pos: array(pos), forces: array(forces) }
  return { natoms: atoms, cell, pbc: [true, true, true], info, arrays }
}

/** Writes a file of a shape; `limit` frames at most. */
export async function makeFile(folder, name, realFormat, limit = Number.POSITIVE_INFINITY) {
  const { frames, atoms } = shapes[name]
  const path = join(
    folder,
    `${name}-${realFormat === 'shortest' ? 'full' : 'fixed'}${limit < frames ? '-part' : ''}.xyz`,
  )
  const out = createWriteStream(path)
  const random = uniform(1234567)
  const writer = new FrameWriter({ realFormat })
  for (let i = 0; i < Math.min(frames, limit); i++) {
    writer.append(makeFrame(atoms, i, random))
    if (writer.length > 1 << 20 && !out.write(writer.take())) await once(out, 'drain')
  }
  out.end(writer.take())
  await once(out, 'finish')
  return path
}
