import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AseCalculator, AseCalculatorError, Atoms, bulk, EMT, Rng } from 'autopara'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { calculateOp } from '../../../lib/operations/calculate.js'
import { runNode } from '../../run-script.js'
import { useScratchFolders } from '../../scratch-folder.js'
import { asePython as python } from '../ase-python.js'

const scratch = useScratchFolders()
const open: AseCalculator[] = []

/** A module of calculators, on Python's path. */
const modules = mkdtempSync(join(tmpdir(), 'autopara-test-ase-'))
writeFileSync(
  join(modules, 'odd.py'),
  `
import os, signal, subprocess, sys, time
from ase.calculators.calculator import Calculator, all_changes

class Odd(Calculator):
    implemented_properties = ['energy', 'forces', 'dipole']
    def __init__(self, what, **kwargs):
        Calculator.__init__(self)
        self.what, self.kwargs = what, kwargs
        self.calls = 0
        if what == 'refuse':
            raise ValueError('no such model')
    def calculate(self, atoms=None, properties=['energy'], system_changes=all_changes):
        Calculator.calculate(self, atoms, properties, system_changes)
        self.calls += 1
        if len(atoms) == 1:
            if self.what == 'die':
                print('out of luck', file=sys.stderr, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
            if self.what == 'sleep':
                time.sleep(1000)
            if self.what == 'program':
                subprocess.call(['sleep', '1000'])
            if self.what == 'die-alone':
                subprocess.Popen(['sleep', '1000'])
                os._exit(3)
            if self.what == 'die-away':
                subprocess.Popen(['sleep', '1000'], start_new_session=True)
                os._exit(4)
        self.converged = True
        print('some output')
        self.results = {'energy': float(self.calls), 'free_energy': self.kwargs.get('shift', 0.0), 'dipole': [1, 2, 3],
            'forces': atoms.positions * 0 + len(system_changes), 'directory': os.getcwd()}
        open('output', 'w').close() if self.what == 'write' else None
`,
)
process.env['PYTHONPATH'] = modules
afterAll(() => rmSync(modules, { recursive: true }))

function ase(options: Partial<ConstructorParameters<typeof AseCalculator>[0]> & { class: string }): AseCalculator {
  const calculator = new AseCalculator({ python: python as string, ...options })
  open.push(calculator)
  return calculator
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((calculator) => calculator.close()))
})

function copper(): Atoms {
  const atoms = bulk('Cu', { cubic: true })
  atoms.rattle(0.1, new Rng(1))
  return atoms
}

/** The processes whose command line this is. */
function sleepers(command: string): number[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,args=']).toString().trim().split('\n')
  return listed.filter((line) => line.trim().endsWith(` ${command}`)).map((line) => Number.parseInt(line, 10))
}

const atom = new Atoms({ symbols: 'H', positions: [0, 0, 0] })

describe.skipIf(!python)('AseCalculator', () => {
  it("gives the numbers of ASE's own calculator, with its name", async () => {
    const calculator = ase({ class: 'ase.calculators.emt:EMT', kwargs: { asap_cutoff: true } })
    const expected = new EMT({ asapCutoff: true }).calculate(copper())
    const found = await calculator.calculate(copper(), ['energy', 'forces', 'stress'])
    expect(calculator.name).toBe('EMT')
    expect(found.energy).toBeCloseTo(expected.energy, 10)
    for (let o = 0; o < 12; o++) expect(found.forces![o]).toBeCloseTo(expected.forces[o]!, 9)
    for (let v = 0; v < 6; v++) expect(found.stress![v]).toBeCloseTo(expected.stress![v]!, 10)
  })

  it('computes all that makes sense when nothing is named', async () => {
    const calculator = ase({ class: 'ase.calculators.emt:EMT' })
    expect(Object.keys(await calculator.calculate(copper()))).toEqual(
      expect.arrayContaining(['energy', 'forces', 'stress']),
    )
    const cluster = new Atoms({ symbols: 'Cu2', positions: [0, 0, 0, 2.4, 0, 0] })
    expect(Object.keys(await calculator.calculate(cluster))).not.toContain('stress')
  })

  it('hands over positional and keyword arguments, scalars, vectors and the converged flag', async () => {
    const calculator = ase({ class: 'odd:Odd', args: ['x'], kwargs: { shift: 2.5 } })
    const results = await calculator.calculate(copper(), ['energy'])
    expect(results).toMatchObject({ energy: 1, free_energy: 2.5, converged: true })
    expect(results['dipole']).toEqual(Float64Array.of(1, 2, 3))
    expect('directory' in results).toBe(false)
  })

  it("takes a configuration's own keyword arguments", async () => {
    const own = copper()
    own.info['WFL_CALCULATOR_KWARGS'] = '{"asap_cutoff": true}'
    const spec = ['AseCalculator', [{ class: 'ase.calculators.emt:EMT', python: python as string }]] as const
    const energies = (await calculateOp([copper(), own], { calculator: spec, properties: ['energy'] })).map(
      (result) => (result as Atoms).info['EMT_energy'] as number,
    )
    expect(energies[0]).toBeCloseTo(new EMT().calculate(copper()).energy, 10)
    expect(energies[1]).toBeCloseTo(new EMT({ asapCutoff: true }).calculate(copper()).energy, 10)
    expect(energies[0]).not.toBeCloseTo(energies[1] as number, 6)
  })

  it('lets the calculator know what has changed only along a trajectory', async () => {
    const calculator = ase({ class: 'odd:Odd', args: ['x'] })
    const atoms = copper()
    const all = (await calculator.calculate(atoms)).forces![0]
    const before = await calculator.calculate(atoms)
    expect(before.forces![0]).toBe(all)
    atoms.positions[0]! += 0.1
    expect((await calculator.calculate(atoms, ['energy'], before)).forces![0]).toBe(1)
  })

  it("gives Python's exception with its traceback, and goes on", async () => {
    const calculator = ase({ class: 'ase.calculators.emt:EMT' })
    const iron = new Atoms({ symbols: 'Fe', positions: [0, 0, 0] })
    const error = (await calculator.calculate(iron).catch((reason: unknown) => reason)) as AseCalculatorError
    expect(error).toBeInstanceOf(AseCalculatorError)
    expect(error.message).toBe('EMT in Python: NotImplementedError: No EMT-potential for Fe')
    expect(error.pythonType).toBe('NotImplementedError')
    expect(error.traceback).toMatch(/Traceback[\s\S]*emt\.py[\s\S]*No EMT-potential for Fe/)
    expect((await calculator.calculate(copper())).energy).toBeGreaterThan(0)
  })

  it('says why a calculator can not be built', async () => {
    await expect(ase({ class: 'odd:Odd', args: ['refuse'] }).calculate(atom)).rejects.toThrow(
      /ValueError: no such model/,
    )
    await expect(ase({ class: 'nowhere:X' }).calculate(atom)).rejects.toThrow(/No module named 'nowhere'/)
    await expect(ase({ class: 'odd:Missing' }).calculate(atom)).rejects.toThrow(/AttributeError/)
  })

  it('fails one configuration when Python dies, and starts another Python for the next', async () => {
    const calculator = ase({ class: 'odd:Odd', args: ['die'] })
    await calculator.calculate(copper())
    const error = (await calculator.calculate(atom).catch((reason: unknown) => reason)) as AseCalculatorError
    expect(error.message).toBe('Odd: the Python process ended (SIGKILL)')
    expect(error.traceback).toMatch(/out of luck/)
    expect((await calculator.calculate(copper())).energy).toBe(1)
  })

  it('kills a calculation that takes too long', async () => {
    const calculator = ase({ class: 'odd:Odd', args: ['sleep'], timeout: 2000 })
    await expect(calculator.calculate(atom)).rejects.toThrow('took longer than 2000 ms and was killed')
    expect((await calculator.calculate(copper())).energy).toBe(1)
  })

  it('kills with it what it started, and does not wait for that', async () => {
    const calculator = ase({ class: 'odd:Odd', args: ['program'], timeout: 2000 })
    await expect(calculator.calculate(atom)).rejects.toThrow('took longer than 2000 ms and was killed')
    const dying = ase({ class: 'odd:Odd', args: ['die-alone'] })
    await expect(dying.calculate(atom)).rejects.toThrow('the Python process ended (exit code 3)')
    expect(sleepers('sleep 1000')).toEqual([])
  })

  it('does not wait for what left its group', async () => {
    const dying = ase({ class: 'odd:Odd', args: ['die-away'] })
    await expect(dying.calculate(atom)).rejects.toThrow('the Python process ended (exit code 4)')
    for (const pid of sleepers('sleep 1000')) process.kill(pid, 'SIGKILL')
  })

  it('answers calls that do not wait for each other in their order', async () => {
    const calculator = ase({ class: 'odd:Odd', args: ['x'] })
    const answers = await Promise.all([1, 2, 3, 4].map(() => calculator.calculate(copper(), ['energy'])))
    expect(answers.map(({ energy }) => energy)).toEqual([1, 2, 3, 4])
  })

  it('writes into a private folder that is gone afterwards', async () => {
    const calculator = ase({ class: 'odd:Odd', args: ['write'], scratch: true })
    await calculator.calculate(copper())
    expect(existsSync('output')).toBe(false)
    await calculator.close()
  })

  it.each([
    ['end', 0],
    ['SIGTERM', null],
  ])('removes that folder with the program (%s)', async (end, code) => {
    const folder = scratch()
    const script = fileURLToPath(new URL('../../fixtures/ase-scratch.mjs', import.meta.url))
    const env = { PYTHONPATH: modules, TMPDIR: folder }
    const result = await runNode([script, python as string, end], { env })
    expect(JSON.parse(result.stdout)).toEqual([['700', 'output']])
    expect(result.code).toBe(code)
    expect(readdirSync(folder)).toEqual([])
  })

  it('does not keep the program alive, and Python ends when the program is killed while it computes', async () => {
    const child: ChildProcess = fork(
      fileURLToPath(new URL('../../fixtures/ase-sleeper.mjs', import.meta.url)),
      [python as string],
      {
        env: { ...process.env, PYTHONPATH: modules },
      },
    )
    const [pid] = (await once(child, 'message')) as [number]
    child.kill('SIGKILL')
    await once(child, 'exit')
    // ps waits for nothing: it is asked until the kernel has taken the process away.
    const deadline = Date.now() + 10_000
    const alive = (): boolean =>
      execFileSync('ps', ['-o', 'stat=', '-p', `${pid},1`])
        .toString()
        .trim()
        .split('\n').length > 1
    while (alive() && Date.now() < deadline);
    expect(alive()).toBe(false)
  })
})
