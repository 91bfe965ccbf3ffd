import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

describe('a step of molecular dynamics', () => {
  it('allocates a few boxed numbers at most, whatever the number of atoms', () => {
    const fixture = fileURLToPath(new URL('../fixtures/md-allocation.mjs', import.meta.url))
    // What is hot is compiled at once, also where many processes want the processor: slow code boxes its numbers.
    const flags = ['--expose-gc', '--no-concurrent-recompilation']
    const lines = execFileSync(process.execPath, [...flags, fixture], { encoding: 'utf8' })
      .trim()
      .split('\n')
    const rows = lines.map((line) => line.split(' ') as [string, string, string])
    expect(rows.map(([name, atoms]) => `${name} ${atoms}`)).toEqual(
      ['LennardJones', 'Morse', 'EMT'].flatMap((name) => [`${name} 108`, `${name} 500`]),
    )
    // An array of one number an atom would be 864 bytes for the smaller crystal.
    for (const [name, atoms, bytes] of rows) expect(Number(bytes), `${name} ${atoms}`).toBeLessThan(400)
  })
})
