/**
 * Limited-memory BFGS: J. Nocedal, Math. Comput. 35, 773 (1980); as ASE's LBFGS, or with the line search of its PreconLBFGS
 * (without a preconditioner).
 */
import { armijoStep } from './armijo.js'
import type { Minimizable } from './minimizable.js'
import { dot, norm, stepScale } from './rows.js'

const MEMORY = 100
/** The curvature to begin with, eV/Å²: as of a stiff bond; with a line search, which finds the length itself, 1 (as in ASE). */
const STIFF = 70

/** One remembered step: the move s, the change of gradient y, and 1 / (y · s). */
interface Update {
  readonly s: Float64Array
  readonly y: Float64Array
  readonly rho: number
}

/** L-BFGS. */
export class LBFGS {
  readonly #lineSearch: boolean
  readonly #maxStep: number
  #history: Update[] = []
  #lastX: Float64Array | undefined
  #lastF: Float64Array | undefined
  /** The energy before the last step, for the guess of the next step's length. */
  #lastEnergy: number | undefined

  constructor(lineSearch: boolean, maxStep?: number) {
    this.#lineSearch = lineSearch
    this.#maxStep = maxStep ?? (lineSearch ? 0.04 : 0.2)
  }

  /** @throws {Error} when the line search finds no lower point even along the forces. */
  async step(target: Minimizable): Promise<void> {
    const x = target.coordinates.slice()
    const f = target.forces.slice()
    const isFresh = this.#lastX === undefined
    this.#remember(x, f)
    const direction = this.#direction(f)
    if (!this.#lineSearch) {
      const scale = stepScale(direction, this.#maxStep)
      await target.moveTo(x.map((value, o) => value + scale * direction[o]!))
      return
    }
    // A direction that is almost nothing is lengthened, so that the search has something to measure.
    const shortest = Math.sqrt((x.length / 3) * 1e-10)
    const length = norm(direction)
    if (length <= shortest) for (let o = 0; o < direction.length; o++) direction[o]! *= shortest / length
    const start = target.energy
    const found = await armijoStep(target, x, direction, this.#lastEnergy, this.#maxStep)
    if (found) {
      this.#lastEnergy = start
      return
    }
    if (isFresh)
      throw new Error("The line search found no lower energy along the forces; are they the energy's gradient?")
    // Forget the past and try along the forces in the next step.
    this.#history = []
    this.#lastX = undefined
    await target.moveTo(x)
  }

  #remember(x: Float64Array, f: Float64Array): void {
    if (this.#lastX && this.#lastF) {
      const s = x.map((value, o) => value - this.#lastX![o]!)
      const y = f.map((value, o) => this.#lastF![o]! - value)
      this.#history.push({ s, y, rho: 1 / dot(y, s) })
      if (this.#history.length > MEMORY) this.#history.shift()
    }
    this.#lastX = x
    this.#lastF = f
  }

  /** The two-loop recursion. */
  #direction(f: Float64Array): Float64Array {
    const q = f.map((value) => -value)
    const weights: number[] = []
    for (let i = this.#history.length - 1; i >= 0; i--) {
      const { s, y, rho } = this.#history[i]!
      const a = rho * dot(s, q)
      weights[i] = a
      for (let o = 0; o < q.length; o++) q[o]! -= a * y[o]!
    }
    const curvature = this.#lineSearch ? 1 : STIFF
    const z = q.map((value) => value / curvature)
    for (const [i, { s, y, rho }] of this.#history.entries()) {
      const b = rho * dot(y, z)
      for (let o = 0; o < z.length; o++) z[o]! += s[o]! * (weights[i]! - b)
    }
    return z.map((value) => -value)
  }
}
