import { bulk, calculate, ConfigSetIn, ConfigSetOut, neighborPairs } from 'autopara'

/** Repulsive Gaussians: u(r) = height · exp(-r² / 2 width²). */
export class Gaussians {
  name = 'Gaussians'

  constructor({ height = 1, width = 1 } = {}) {
    this.height = height
    this.width = width
  }

  calculate(atoms) {
    const { offsets, vectors, distances } = neighborPairs(atoms, 8 * this.width)
    const forces = new Float64Array(3 * atoms.length)
    let energy = 0
    for (let i = 0; i < atoms.length; i++) {
      for (let m = offsets[i]; m < offsets[i + 1]; m++) {
        const u = this.height * Math.exp(-(distances[m] ** 2) / (2 * this.width ** 2))
        energy += u / 2
        for (let c = 0; c < 3; c++) forces[3 * i + c] -= (u / this.width ** 2) * vectors[3 * m + c]
      }
    }
    return { energy, forces }
  }
}

const crystals = [2.5, 3, 3.5].map((a) => bulk('Ar', { crystalStructure: 'fcc', cubic: true, a }))
const params = { calculator: [Gaussians, [{ width: 0.5 }]], properties: ['energy', 'forces'] }
const inputs = new ConfigSetIn({ inputConfigs: crystals })
const results = await calculate(inputs, new ConfigSetOut(), params, { npool: 2 })
for await (const atoms of results) console.log(atoms.info.Gaussians_energy.toFixed(6))
