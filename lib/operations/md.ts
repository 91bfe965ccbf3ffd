/**
 * The operation `md`: molecular dynamics from each configuration of a list; each becomes its trajectory.
 *
 *     momenta ─► integrator ─► run to the next of: configuration to store, check, change of temperature ─► …
 *
 * A trajectory depends on its configuration, the options and its own generator, and on nothing that ran before it.
 */
import type { Atoms } from '../atoms/atoms.js'
import { rangeError, typeError } from '../base/options.js'
import { processRng } from '../base/random.js'
import { GPa } from '../base/units.js'
import type { Calculator } from '../calculators/calculator.js'
import { calculatorFor } from '../calculators/per-configuration.js'
import { resolveCalculator } from '../calculators/spec.js'
import { type AbortLimits, abortReason, totalEnergy } from './abort-checks.js'
import { BerendsenNPT, BerendsenNVT } from './berendsen.js'
import { updateConfigType } from './config-type.js'
import type { Integrator } from './integrator.js'
import { Langevin } from './langevin.js'
import { setMaxwellBoltzmann } from './maxwell-boltzmann.js'
import { type CheckedMdOptions, checkMdOptions, type MdOptions, optionsFor } from './md-options.js'
import { OperationError } from './operation-error.js'
import { type RandomSource, samplePressure } from './pressure.js'
import { saveResults } from './save-results.js'
import { setFloat } from './set-float.js'
import { firstTemperature, temperatureStages } from './temperature-stages.js'
import { VelocityVerlet } from './velocity-verlet.js'

/**
 * Runs a trajectory from each configuration.
 *
 * @param rngs a generator for each configuration; default: this process's for all.
 * @returns for each configuration its trajectory, or an {@link OperationError} that holds what there is of it.
 */
export async function mdOp(
  list: readonly Atoms[],
  options: MdOptions,
  rngs?: readonly RandomSource[],
): Promise<(Atoms[] | OperationError)[]> {
  const checked = checkMdOptions(options)
  const usual = await resolveCalculator(options.calculator)
  const { trajSelectDuring, trajSelectAfter } = options
  checkFunction('trajSelectDuring', trajSelectDuring)
  checkFunction('trajSelectAfter', trajSelectAfter)
  const out: (Atoms[] | OperationError)[] = []
  for (const [i, atoms] of list.entries()) {
    let run: MdRun | undefined
    try {
      const calculator = await calculatorFor(atoms, options.calculator, usual)
      run = new MdRun(atoms.copy(), calculator, optionsFor(atoms, options, checked), rngs?.[i] ?? processRng())
      await run.go()
      out.push(trajSelectAfter ? await trajSelectAfter(run.trajectory) : run.trajectory)
    } catch (cause) {
      const mark = { [`${checked.outputPrefix}calculation_failed`]: true }
      out.push(new OperationError('md', cause, mark, run?.trajectory))
    }
  }
  return out
}

/** One trajectory. */
class MdRun {
  readonly trajectory: Atoms[] = []
  readonly #atoms: Atoms
  readonly #calculator: Calculator
  readonly #options: CheckedMdOptions
  readonly #rng: RandomSource
  #pressure: number | undefined
  #storedStep = -1

  constructor(atoms: Atoms, calculator: Calculator, options: CheckedMdOptions, rng: RandomSource) {
    this.#atoms = atoms
    this.#calculator = calculator
    this.#options = options
    this.#rng = rng
  }

  async go(): Promise<void> {
    const { steps, temperature, initialMomenta, pressure, trajStepInterval, abortInterval } = this.#options
    if (pressure !== undefined) this.#pressure = samplePressure(pressure, this.#atoms, this.#rng)
    for (const key of Object.keys(this.#atoms.info)) if (key.startsWith('MD_')) delete this.#atoms.info[key]
    updateConfigType(this.#atoms, 'MD', this.#options.updateConfigType)
    if (temperature !== undefined && initialMomenta === 'maxwell-boltzmann') {
      setMaxwellBoltzmann(this.#atoms, firstTemperature(temperature), this.#rng)
    }
    const integrator = await this.#integrator()
    await integrator.run(0)
    await this.#store(integrator)
    const firstEnergy = totalEnergy(this.#atoms, integrator.results ?? {})
    const stages = temperature === undefined ? [] : temperatureStages(temperature, steps)
    for (const stage of stages.length > 0 ? stages : [{ temperature: undefined, end: steps }]) {
      if (hasBath(integrator)) integrator.bathTemperature = stage.temperature as number
      while (integrator.steps < stage.end) {
        const done = integrator.steps
        const next = Math.min(stage.end, following(done, trajStepInterval), following(done, abortInterval))
        await integrator.run(next - done)
        const limits = next % abortInterval === 0 || next === steps ? this.#options.abort : {}
        if (await this.#aborted(integrator, limits, firstEnergy)) return
        if (next % trajStepInterval === 0) await this.#store(integrator)
      }
    }
    if (this.#storedStep !== integrator.steps) await this.#store(integrator)
  }

  async #integrator(): Promise<Integrator> {
    const { dt, integrator, temperature, temperatureTau: tau, pressureTau, compressibility } = this.#options
    if (tau === undefined || temperature === undefined) return new VelocityVerlet(this.#atoms, this.#calculator, { dt })
    const bath = { dt, tau, temperature: firstTemperature(temperature) }
    if (integrator === 'langevin') return new Langevin(this.#atoms, this.#calculator, { ...bath, rng: this.#rng })
    if (this.#pressure === undefined) return new BerendsenNVT(this.#atoms, this.#calculator, bath)
    return new BerendsenNPT(this.#atoms, this.#calculator, {
      ...bath,
      pressure: this.#pressure,
      pressureTau: pressureTau ?? 3 * tau,
      compressibility: compressibility ?? (await finiteDifferenceCompressibility(this.#atoms, this.#calculator)),
    })
  }

  /** Stores the trajectory's end and says so, when a limit is passed. */
  async #aborted(integrator: Integrator, limits: AbortLimits, firstEnergy: number): Promise<boolean> {
    const reason = abortReason(this.#atoms, integrator.results ?? {}, limits, firstEnergy)
    if (reason === undefined) return false
    this.#atoms.info['MD_aborted'] = reason
    await this.#store(integrator)
    return true
  }

  async #store(integrator: Integrator): Promise<void> {
    const { dt, outputPrefix, trajSelectDuring } = this.#options
    const results = integrator.results ?? {}
    this.#storedStep = integrator.steps
    const frame = this.#atoms.copy()
    setFloat(frame, 'MD_time_fs', integrator.steps * dt)
    frame.info['MD_step'] = integrator.steps
    setFloat(frame, 'MD_current_temperature', frame.temperature())
    if (hasBath(integrator)) setFloat(frame, 'MD_temperature_K', integrator.bathTemperature)
    if (this.#pressure !== undefined) setFloat(frame, 'MD_pressure_GPa', this.#pressure)
    const properties = results.stress ? ['energy', 'forces', 'stress'] : ['energy', 'forces']
    saveResults(frame, results, properties, outputPrefix)
    if (!trajSelectDuring || (await trajSelectDuring(frame))) this.trajectory.push(frame)
  }
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw typeError(name, 'a function', value)
}

/** The next multiple of `interval` after `step`. */
function following(step: number, interval: number): number {
  return (Math.floor(step / interval) + 1) * interval
}

function hasBath(integrator: Integrator): integrator is BerendsenNVT | Langevin {
  return integrator instanceof BerendsenNVT || integrator instanceof Langevin
}

/**
 * The compressibility, 1/GPa, from the second difference of the energy over cells whose lengths are scaled by 1 ± 0.01:
 * E(λ) = E + 9/2 B V (λ - 1)², so that 1/B = 9 V / E''.
 */
async function finiteDifferenceCompressibility(atoms: Atoms, calculator: Calculator): Promise<number> {
  const displacement = 0.01
  const energyAt = async (scale: number): Promise<number> => {
    const scaled = atoms.copy()
    scaled.cell = scaled.cell.map((component) => component * scale)
    scaled.positions = scaled.positions.map((component) => component * scale)
    return (await calculator.calculate(scaled, ['energy'])).energy ?? Number.NaN
  }
  const curvature =
    ((await energyAt(1 + displacement)) + (await energyAt(1 - displacement)) - 2 * (await energyAt(1))) /
    displacement ** 2
  const compressibility = ((9 * atoms.volume) / curvature) * GPa
  if (!(compressibility > 0)) {
    throw rangeError('compressibility', 'given (1/GPa): the energy has no minimum over the volume here', curvature)
  }
  return compressibility
}
