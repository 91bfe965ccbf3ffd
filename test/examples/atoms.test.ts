import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigSetIn, ConfigSetOut, calculate, EMT, read } from 'autopara'
import { afterAll, describe, expect, it } from 'vitest'
import { exampleOutput, examples } from './example-output.js'

const folder = mkdtempSync(join(tmpdir(), 'autopara-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const input = join(examples, 'rattled-fcc.xyz')
const output = (name: string) => join(folder, name)
const bytes = (name: string) => readFileSync(output(name))

describe('the examples with configurations', () => {
  it('make-configurations makes the file that is here', async () => {
    await exampleOutput('make-configurations.mjs', output('made.xyz'))
    expect(bytes('made.xyz').equals(readFileSync(input))).toBe(true)
  })

  it('rattle gives the same bytes for any number of processes and size of chunks', async () => {
    await exampleOutput('rattle.mjs', input, output('serial.xyz'))
    await exampleOutput('rattle.mjs', input, output('parallel.xyz'), '2', '7')
    expect(bytes('parallel.xyz').equals(bytes('serial.xyz'))).toBe(true)
    expect(bytes('serial.xyz').equals(readFileSync(input))).toBe(false)
  })

  it('typescript-op keeps the dense ones and notes their density', async () => {
    const all = await read(input)
    const dense = all.filter((atoms) => atoms.volume / atoms.length <= 12)
    const text = await exampleOutput('typescript-op.ts', input, output('dense.xyz'))
    expect(text).toBe(`${dense.length} configurations with at most 12 Å³ an atom\n`)
    expect(dense.length).toBeGreaterThan(0)
    expect(dense.length).toBeLessThan(all.length)
    const written = await read(output('dense.xyz'))
    expect(written.length).toBe(dense.length)
    const [first] = dense
    const mass = first?.masses.reduce((sum, m) => sum + m, 0) ?? 0
    expect(written[0]?.info['density']).toBeCloseTo(mass / (first?.volume ?? 0), 12)
  })

  it('custom-calculator relaxes three rattled crystals to the same one', async () => {
    const lines = (await exampleOutput('custom-calculator.mjs', '2')).trim().split('\n')
    expect(lines).toEqual(Array(3).fill('-0.0940 eV an atom'))
  })

  it('failed-configurations marks the one that fails, and mends it', async () => {
    const lines = (await exampleOutput('failed-configurations.mjs', folder)).trim().split('\n')
    expect(lines.filter((line) => !line.startsWith('item'))).toEqual([
      'Cu -0.006',
      'Fe failed: true',
      'Au 0.003',
      'Cu -0.006',
      'Fe -3.026',
      'Au 0.003',
    ])
    expect(lines.find((line) => line.startsWith('item'))).toMatch(/^item 1: .*no parameters for Fe/)
  })

  it('resume completes what was broken off, with the bytes of an uninterrupted run', async () => {
    expect((await exampleOutput('resume.mjs', input, output('resumed.xyz'))).trim().split('\n')).toEqual([
      'broken off: AbortError',
      'complete: 500 configurations',
      '500 results were written in the two runs',
    ])
    const params = { calculator: [EMT, []] as [typeof EMT, []], properties: ['energy', 'forces'] }
    const outputs = new ConfigSetOut({ outputFiles: output('whole.xyz') })
    await calculate(new ConfigSetIn({ inputFiles: input }), outputs, params, { npool: 0 })
    expect(bytes('resumed.xyz').equals(bytes('whole.xyz'))).toBe(true)
  })
})
