import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bulk, descriptorOp } from 'autopara'
import { describe, expect, it } from 'vitest'

const soap = { type: 'soap', species: ['Cu'], cutoff: 4, nMax: 3, lMax: 2, atomSigma: 0.5 } as const

describe('the kernels of descriptors', () => {
  it('allocate nothing per neighbour', () => {
    const fixture = fileURLToPath(new URL('../../fixtures/descriptor-allocation.mjs', import.meta.url))
    // What is hot is compiled at once, also where many processes want the processor: slow code boxes its numbers.
    const flags = ['--expose-gc', '--no-concurrent-recompilation']
    // Nor is it counted how often its blocks run, which V8 does in other code than that which is to be judged.
    const { NODE_V8_COVERAGE: _, ...env } = process.env
    const lines = execFileSync(process.execPath, [...flags, fixture], { encoding: 'utf8', env })
      .trim()
      .split('\n')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['soap', 'acsf'])
    for (const line of lines) expect(Number(line.split(' ')[1])).toBeLessThan(1)
  })

  it('need memory for the neighbours of 10,976 atoms, not for their vectors', () => {
    const fixture = fileURLToPath(new URL('../../fixtures/descriptor-memory.mjs', import.meta.url))
    const [atoms, grown] = execFileSync(process.execPath, [fixture], { encoding: 'utf8' }).trim().split(' ').map(Number)
    expect(atoms).toBe(10_976)
    // Their vectors (952 numbers each) would be 80 MiB; what is kept is about 600 bytes an atom.
    expect(grown).toBeLessThan(32)
  })

  it('describe 10,976 atoms as one vector, equal to that of the crystal’s own cell', () => {
    const cell = bulk('Cu', { cubic: true })
    const large = cell.repeat(14)
    expect(large.length).toBe(10_976)
    const vectors = (['inner', 'outer'] as const).map((average) => {
      descriptorOp([cell, large], { descs: { ...soap, average }, key: 'd', force: true })
      return [cell, large].map((atoms) => (atoms.info['d'] as { data: Float64Array }).data)
    })
    for (const [small, big] of vectors) {
      small!.forEach((x, i) => {
        expect(Math.abs(x - big![i]!)).toBeLessThan(1e-10)
      })
    }
  })
})
