// The way to Python and back: calls of a calculator of ASE that does nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AseCalculator } from 'autopara'
import { crystal } from './cases.mjs'

const CALLS = 2000
const ZERO = `import numpy as np
from ase.calculators.calculator import Calculator
class Zero(Calculator):
    implemented_properties = ['energy', 'forces']
    def calculate(self, atoms=None, properties=None, system_changes=None):
        self.results = {'energy': 0.0, 'forces': np.zeros((len(atoms), 3))}
`

/** The shortest and the median wall time of a call, seconds; null without ASE. */
export async function aseOverhead({ python }) {
  const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))
  writeFileSync(join(folder, 'zero.py'), ZERO)
  process.env.PYTHONPATH = folder
  const calculator = new AseCalculator({ class: 'zero:Zero', python })
  const atoms = crystal('Ar', [4, 4, 1])
  const times = []
  try {
    for (let n = 0; n < CALLS; n++) {
      const begin = performance.now()
      await calculator.calculate(atoms, ['energy', 'forces'])
      times.push((performance.now() - begin) / 1000)
    }
  } catch {
    return null
  } finally {
    await calculator.close()
    rmSync(folder, { recursive: true, force: true })
  }
  times.sort((x, y) => x - y)
  return { shortest: times[0], median: times[CALLS / 2] }
}
