import { join } from 'node:path'
import { bulk, write } from 'autopara'

/** The long form of the reliability tests (`npm run test:soak`). */
export const soak: boolean = process.env['SOAK'] === '1'

/** A file of `count` numbered configurations. */
export async function writeInput(folder: string, count: number): Promise<string> {
  const path = join(folder, 'in.xyz')
  const configs = Array.from({ length: count }, (_, number) => {
    const atoms = bulk('Cu', { cubic: true })
    atoms.info['number'] = number
    return atoms
  })
  await write(path, configs)
  return path
}
