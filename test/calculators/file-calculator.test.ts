import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import {
  FileCalculator,
  FileCalculatorError,
  type FileCalculatorOptions,
} from '../../lib/calculators/file-calculator.js'

const folder = mkdtempSync(join(tmpdir(), 'autopara-test-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that writes what it was told to as its output's comment and forces, or misbehaves. */
const program = join(folder, 'program.mjs')
writeFileSync(
  program,
  `import { readFileSync, writeFileSync } from 'node:fs'
const [input, output, comment, action] = process.argv.slice(2)
const [count, , ...lines] = readFileSync(input, 'utf8').trim().split('\\n')
if (action === 'fail') { console.error('no license'); process.exit(3) }
if (action === 'hang') setInterval(() => {}, 1000)
else {
  const atoms = lines.map((line) => line.split(/\\s+/).slice(0, 4).join(' ') + ' 1 2 3')
  const header = 'Properties=species:S:1:pos:R:3:' + (action ?? '') + 'forces:R:3 '
  writeFileSync(output, [count, header + comment, ...atoms, ''].join('\\n'))
}
`,
)

function calculator(comment: string, action = '', options: Partial<FileCalculatorOptions> = {}): FileCalculator {
  return new FileCalculator({
    command: [process.execPath, program, '{input}', '{output}', comment, action],
    folder,
    ...options,
  })
}

const atoms = new Atoms({
  symbols: 'CuH',
  positions: [0, 0, 0, 0.1, 0.2, 1 / 3],
  cell: [2, 5, 10],
  pbc: [true, true, true],
})

function folders(): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('FileCalculator-'))
}

describe('FileCalculator', () => {
  it('reads energy, forces and stress of the output, and leaves no files', async () => {
    const results = await calculator('energy=-1.5 stress="1 6 5 6 2 4 5 4 3"').calculate(atoms)
    expect(results.energy).toBe(-1.5)
    expect(results.forces).toEqual(Float64Array.of(1, 2, 3, 1, 2, 3))
    expect(results.stress).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6))
    expect(folders()).toEqual([])
  })

  it('takes a virial for the stress, with its sign and without the volume', async () => {
    const comment = 'energy=0 Lattice="2 0 0 0 5 0 0 0 10" virial="100 0 0 0 200 0 0 0 300"'
    expect((await calculator(comment).calculate(atoms)).stress).toEqual(Float64Array.of(-1, -2, -3, -0, -0, -0))
  })

  it('leaves out the virial of a cell without volume', async () => {
    const results = calculator('energy=1 virial="100 0 0 0 200 0 0 0 300"')
    const cluster = new Atoms({ symbols: 'CuH', positions: [0, 0, 0, 2, 0, 0] })
    expect((await results.calculate(cluster, ['energy', 'forces'])).stress).toBeUndefined()
    await expect(results.calculate(cluster, ['stress'])).rejects.toThrow('the output has no stress')
  })

  it('reads keys with a prefix', async () => {
    const results = await calculator('DFT_energy=2 energy=1', 'DFT_', { resultPrefix: 'DFT_' }).calculate(atoms)
    expect(results.energy).toBe(2)
    expect(results.forces?.length).toBe(6)
  })

  it('runs a command line by the shell, in the folder of the calculation', async () => {
    const command = `echo 1 > output.xyz && echo 'Properties=species:S:1:pos:R:3 energy=7' >> output.xyz && sed -n 3p input.xyz >> output.xyz`
    const atom = new Atoms({ symbols: 'H', positions: [1, 2, 3] })
    expect((await new FileCalculator({ command, folder }).calculate(atom, ['energy'])).energy).toBe(7)
  })

  it('keeps the files of a command that fails, and says where', async () => {
    const error = (await calculator('', 'fail')
      .calculate(atoms)
      .catch((reason: unknown) => reason)) as FileCalculatorError
    expect(error).toBeInstanceOf(FileCalculatorError)
    expect(error.message).toMatch(/^FileCalculator: the command ended with exit code 3 \(files kept in /)
    expect(error.stderrTail).toBe('no license\n')
    expect(existsSync(join(error.folder as string, 'input.xyz'))).toBe(true)
  })

  it('keeps nothing when told so, and everything when told so', async () => {
    const before = folders().length
    await expect(calculator('', 'fail', { keepFiles: 'never' }).calculate(atoms)).rejects.toThrow(/exit code 3$/)
    expect(folders()).toHaveLength(before)
    await calculator('energy=1', '', { keepFiles: 'always' }).calculate(atoms)
    expect(folders()).toHaveLength(before + 1)
  })

  it('kills a command that takes too long, and what it started', async () => {
    const command = `${process.execPath} ${program} {input} {output} x hang & wait`
    await expect(new FileCalculator({ command, folder, timeout: 500 }).calculate(atoms)).rejects.toThrow(
      /took longer than 500 ms and was killed/,
    )
  })

  it('says what is missing in the output', async () => {
    await expect(calculator('energy=1').calculate(atoms, ['energy', 'dipole'])).rejects.toThrow(
      /the output has no dipole/,
    )
    await expect(new FileCalculator({ command: ['true'], folder }).calculate(atoms)).rejects.toThrow(/output\.xyz/)
    await expect(new FileCalculator({ command: ['/no/such/program'], folder }).calculate(atoms)).rejects.toThrow(
      /ENOENT/,
    )
  })

  it.each([[{ command: [] }], [{ command: 3 as unknown as string }], [{ command: 'x', timeout: -1 }]])(
    'refuses %o',
    (options) => {
      expect(() => new FileCalculator(options)).toThrow(/`(command|timeout)` must be/)
    },
  )
})
