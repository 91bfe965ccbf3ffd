// The input files of the benchmark: rattled fcc Cu, made when first asked for.
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bulk, Rng, write } from 'autopara'

const SHAPES = { 8: [2, 1, 1], 64: [4, 2, 2] }

/** Files in `folder`. */
export function inputsIn(folder) {
  /** `count` configurations of 8 or 64 atoms. */
  async function file(count, atoms) {
    const path = join(folder, `${count}x${atoms}.xyz`)
    if (!existsSync(path)) await write(path, configs(count, atoms))
    return path
  }

  /** A file of at least `bytes`: one of 64 atoms, again and again. */
  async function large(bytes) {
    const path = join(folder, `${bytes}.xyz`)
    if (existsSync(path)) return path
    const part = await file(20_000, 64)
    copyFileSync(part, path)
    const text = readFileSync(part)
    while (statSync(path).size < bytes) appendFileSync(path, text)
    return path
  }

  /** A folder of `count` files of one configuration each. */
  async function single(count) {
    const path = join(folder, `single-${count}`)
    if (existsSync(path)) return path
    mkdirSync(path)
    let number = 0
    for (const atoms of configs(count, 64)) await write(join(path, `${String(number++).padStart(4, '0')}.xyz`), atoms)
    return path
  }

  return { file, large, single }
}

function* configs(count, size) {
  const perfect = bulk('Cu', { cubic: true }).repeat(SHAPES[size])
  const rng = new Rng(1)
  for (let i = 0; i < count; i++) {
    const atoms = perfect.copy()
    atoms.rattle(0.05, rng.spawn(i))
    yield atoms
  }
}
