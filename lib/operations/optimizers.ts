/**
 * Optimizers of structures, step for step those of ASE 3.22: FIRE, BFGS, L-BFGS, and L-BFGS with a line search.
 *
 * A step looks at where the function stands, and moves it once (with a line search, until the energy has fallen enough).
 */

import { choleskySolve } from './cholesky.js'
import { LBFGS } from './lbfgs.js'
import type { Minimizable } from './minimizable.js'
import { dot, norm, stepScale } from './rows.js'
import { symmetricEigen } from './symmetric-eigen.js'

/** Goes downhill, a step at a time. */
export interface Optimizer {
  step(target: Minimizable): Promise<void>
}

/** The optimizers' names. */
export type OptimizerName = 'lbfgs-line-search' | 'lbfgs' | 'bfgs' | 'fire'

/** Makes an optimizer. `maxStep`: how far a row may move in a step, Å; default as in ASE: 0.04 with a line search, else 0.2. */
export function makeOptimizer(name: OptimizerName, maxStep?: number): Optimizer {
  switch (name) {
    case 'fire':
      return new FIRE(maxStep)
    case 'bfgs':
      return new BFGS(maxStep)
    case 'lbfgs':
      return new LBFGS(false, maxStep)
    case 'lbfgs-line-search':
      return new LBFGS(true, maxStep)
  }
}

/** Fast inertial relaxation: E. Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006). */
class FIRE implements Optimizer {
  readonly #maxStep: number
  #velocities: Float64Array | undefined
  #dt = 0.1
  #mixing = 0.1
  #downhillSteps = 0

  constructor(maxStep = 0.2) {
    this.#maxStep = maxStep
  }

  async step(target: Minimizable): Promise<void> {
    const { forces } = target
    if (this.#velocities) this.#steer(this.#velocities, forces)
    else this.#velocities = new Float64Array(forces.length)
    const velocities = this.#velocities
    for (let o = 0; o < velocities.length; o++) velocities[o]! += this.#dt * forces[o]!
    const length = this.#dt * norm(velocities)
    const scale = length > this.#maxStep ? (this.#dt * this.#maxStep) / length : this.#dt
    await target.moveTo(target.coordinates.map((x, o) => x + scale * velocities[o]!))
  }

  /** Turns the velocities towards the forces as long as they go downhill; else stops and goes on carefully. */
  #steer(velocities: Float64Array, forces: Float64Array): void {
    if (dot(forces, velocities) <= 0) {
      velocities.fill(0)
      this.#mixing = 0.1
      this.#dt *= 0.5
      this.#downhillSteps = 0
      return
    }
    const along = (this.#mixing * norm(velocities)) / norm(forces)
    for (let o = 0; o < velocities.length; o++) velocities[o] = (1 - this.#mixing) * velocities[o]! + along * forces[o]!
    if (this.#downhillSteps > 5) {
      this.#dt = Math.min(this.#dt * 1.1, 1)
      this.#mixing *= 0.99
    }
    this.#downhillSteps++
  }
}

/** Quasi-Newton with the full Hessian, of which negative eigenvalues are taken as positive, so that no step goes uphill. */
class BFGS implements Optimizer {
  readonly #maxStep: number
  #hessian: Float64Array | undefined
  #lastX: Float64Array | undefined
  #lastF: Float64Array | undefined

  constructor(maxStep = 0.2) {
    this.#maxStep = maxStep
  }

  async step(target: Minimizable): Promise<void> {
    const x = target.coordinates.slice()
    const f = target.forces.slice()
    const n = x.length
    this.#update(x, f)
    this.#lastX = x
    this.#lastF = f
    const step = choleskySolve(this.#hessian as Float64Array, n, f) ?? this.#downhill(f)
    const scale = stepScale(step, this.#maxStep)
    await target.moveTo(x.map((value, o) => value + scale * step[o]!))
  }

  /** |H|⁻¹ f for a Hessian with negative eigenvalues. */
  #downhill(f: Float64Array): Float64Array {
    const n = f.length
    const { values, vectors } = symmetricEigen(this.#hessian as Float64Array, n)
    const step = new Float64Array(n)
    for (let k = 0; k < n; k++) {
      let component = 0
      for (let r = 0; r < n; r++) component += vectors[r * n + k]! * f[r]!
      component /= Math.abs(values[k]!)
      for (let r = 0; r < n; r++) step[r]! += vectors[r * n + k]! * component
    }
    return step
  }

  #update(x: Float64Array, f: Float64Array): void {
    const n = x.length
    if (!this.#hessian) {
      this.#hessian = new Float64Array(n * n)
      for (let i = 0; i < n; i++) this.#hessian[i * n + i] = 70
      return
    }
    const dx = x.map((value, o) => value - this.#lastX![o]!)
    if (dx.every((value) => Math.abs(value) < 1e-7)) return
    const df = f.map((value, o) => value - this.#lastF![o]!)
    const h = this.#hessian
    const dg = new Float64Array(n)
    for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) dg[r]! += h[r * n + c]! * dx[c]!
    const a = dot(dx, df)
    const b = dot(dx, dg)
    for (let r = 0; r < n; r++) {
      for (let c = 0; c < n; c++) h[r * n + c]! -= (df[r]! * df[c]!) / a + (dg[r]! * dg[c]!) / b
    }
  }
}
