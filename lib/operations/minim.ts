/**
 * The operation `minim`: relaxes the atoms, and with a pressure the cell, of each configuration of a list.
 *
 * What is stored (as in wfl): `minim_config_type` is minim_initial, minim_mid or, of the last configuration,
 * minim_last_converged, minim_last_unconverged or minim_last_exception; the last has `minim_n_steps` and `minim_converged`.
 */
import type { Atoms } from '../atoms/atoms.js'
import { processRng } from '../base/random.js'
import type { Calculator } from '../calculators/calculator.js'
import { calculatorFor } from '../calculators/per-configuration.js'
import { resolveCalculator } from '../calculators/spec.js'
import { updateConfigType } from './config-type.js'
import { type CheckedMinimOptions, checkMinimOptions, type MinimOptions } from './minim-options.js'
import { RelaxingAtoms } from './minimizable.js'
import { OperationError } from './operation-error.js'
import { makeOptimizer } from './optimizers.js'
import { type RandomSource, samplePressure } from './pressure.js'
import { RelaxingCell } from './relaxing-cell.js'
import { deleteResults, saveResults } from './save-results.js'
import { setFloat } from './set-float.js'

/**
 * Relaxes each configuration.
 *
 * @param rngs a generator for each configuration (for a pressure that is drawn); default: this process's for all.
 * @returns for each configuration its trajectory, or the part that `trajSubselect` names (null: not converged), or an
 *   {@link OperationError} that holds what there is of the trajectory.
 */
export async function minimOp(
  list: readonly Atoms[],
  options: MinimOptions,
  rngs?: readonly RandomSource[],
): Promise<(Atoms | Atoms[] | null | OperationError)[]> {
  const checked = checkMinimOptions(options)
  const usual = await resolveCalculator(options.calculator)
  const out: (Atoms | Atoms[] | null | OperationError)[] = []
  for (const [i, atoms] of list.entries()) {
    let run: MinimRun | undefined
    try {
      const calculator = await calculatorFor(atoms, options.calculator, usual)
      run = new MinimRun(atoms, calculator, checked, rngs?.[i] ?? processRng())
      const converged = await run.go()
      out.push(select(run.trajectory, checked.trajSubselect, converged))
    } catch (cause) {
      const mark = { [`${checked.outputPrefix}calculation_failed`]: true }
      out.push(new OperationError('minim', cause, mark, run?.brokenOff()))
    }
  }
  return out
}

function select(
  trajectory: Atoms[],
  part: CheckedMinimOptions['trajSubselect'],
  converged: boolean,
): Atoms | Atoms[] | null {
  if (part === 'all') return trajectory
  return part === 'last' || converged ? (trajectory.at(-1) as Atoms) : null
}

/** One relaxation. */
class MinimRun {
  readonly trajectory: Atoms[] = []
  readonly #target: RelaxingAtoms | RelaxingCell
  readonly #options: CheckedMinimOptions
  readonly #pressure: number | undefined
  /** The config type that the configuration came with. */
  readonly #configType: Atoms['info'][string] | undefined
  #steps = 0

  constructor(input: Atoms, calculator: Calculator, options: CheckedMinimOptions, rng: RandomSource) {
    const atoms = input.copy()
    this.#options = options
    this.#configType = atoms.info['config_type']
    this.#pressure = options.pressure === undefined ? undefined : samplePressure(options.pressure, atoms, rng)
    deleteResults(atoms, 'minim_')
    this.#target =
      this.#pressure === undefined
        ? new RelaxingAtoms(atoms, calculator)
        : new RelaxingCell(atoms, calculator, this.#pressure)
  }

  /** Whether it converged. */
  async go(): Promise<boolean> {
    const { optimizer: name, maxStep, steps, trajStepInterval } = this.#options
    const optimizer = makeOptimizer(name, maxStep)
    await this.#target.evaluate()
    this.#store('minim_initial')
    while (this.#steps < steps && !this.#converged()) {
      await optimizer.step(this.#target)
      this.#steps++
      if (this.#steps % trajStepInterval === 0) this.#store('minim_mid')
    }
    if (this.#steps % trajStepInterval !== 0) this.#store('minim_mid')
    const converged = this.#converged()
    this.#finish(converged ? 'minim_last_converged' : 'minim_last_unconverged', converged)
    return converged
  }

  /** The trajectory of a relaxation that ended in an error. */
  brokenOff(): readonly Atoms[] {
    if (this.trajectory.length > 0) this.#finish('minim_last_exception', false)
    return this.trajectory
  }

  #converged(): boolean {
    return this.#target.converged(this.#options.fmax, this.#options.smax)
  }

  #store(type: string): void {
    const { results } = this.#target
    const frame = this.#target.atoms.copy()
    const properties = results.stress ? ['energy', 'forces', 'stress'] : ['energy', 'forces']
    saveResults(frame, results, properties, this.#options.outputPrefix)
    if (this.#pressure !== undefined) setFloat(frame, 'minim_pressure_GPa', this.#pressure)
    this.#setType(frame, type)
    this.trajectory.push(frame)
  }

  #finish(type: string, converged: boolean): void {
    const last = this.trajectory.at(-1) as Atoms
    last.info['minim_n_steps'] = this.#steps
    last.info['minim_converged'] = converged
    this.#setType(last, type)
  }

  #setType(frame: Atoms, type: string): void {
    frame.info['minim_config_type'] = type
    if (this.#configType === undefined) delete frame.info['config_type']
    else frame.info['config_type'] = this.#configType
    updateConfigType(frame, type, this.#options.updateConfigType)
  }
}
