// A potential of one's own, in the same file as the calculation: Buckingham's u(r) = A exp(-r / ρ) - C / r⁶.
//   node custom-calculator.mjs [PROCESSES]
import { bulk, ConfigSetIn, ConfigSetOut, minim, neighborPairs, Rng } from 'autopara'

/** A in eV, ρ in Å, C in eV·Å⁶; pairs beyond the cutoff (Å) don't count. */
export class Buckingham {
  name = 'Buckingham'

  constructor(parameters) {
    this.parameters = { cutoff: 10, ...parameters }
  }

  calculate(atoms) {
    const { A, rho, C, cutoff } = this.parameters
    const { offsets, vectors, distances } = neighborPairs(atoms, cutoff)
    const forces = new Float64Array(3 * atoms.length)
    let energy = 0
    for (let i = 0; i < atoms.length; i++) {
      for (let pair = offsets[i]; pair < offsets[i + 1]; pair++) {
        const r = distances[pair]
        energy += (A * Math.exp(-r / rho) - C / r ** 6) / 2 // each pair comes twice
        const slope = (-A / rho) * Math.exp(-r / rho) + (6 * C) / r ** 7
        for (let axis = 0; axis < 3; axis++) forces[3 * i + axis] += (slope / r) * vectors[3 * pair + axis]
      }
    }
    return { energy, forces }
  }
}

const crystals = [1, 2, 3].map(() => bulk('Ar', { cubic: true }).repeat(2))
for (const [seed, atoms] of crystals.entries()) atoms.rattle(0.1, new Rng(seed))
const inputs = new ConfigSetIn({ inputConfigs: crystals })
const calculator = [Buckingham, [{ A: 10_549, rho: 0.273, C: 63.7 }]] // argon: each worker makes its own
const params = { calculator, fmax: 0.001, trajSubselect: 'last' }
const relaxed = await minim(inputs, new ConfigSetOut(), params, { npool: Number(process.argv[2] ?? 2) })
for await (const { info, length } of relaxed) console.log(`${(info.minim_energy / length).toFixed(4)} eV an atom`)
