// The configurations and potentials that are measured, beside ASE's names for them.
import { bulk, EMT, LennardJones, Rng } from 'autopara'

export const argon = { epsilon: 0.0104, sigma: 3.4 }

export function crystal(symbol, repeat, options = {}) {
  const atoms = bulk(symbol, { cubic: true, ...options }).repeat(repeat)
  atoms.rattle(0.05, new Rng('bench'))
  return atoms
}

/** Momenta of about that temperature, K. */
export function withMomenta(atoms, temperature) {
  const rng = new Rng('momenta')
  const width = atoms.masses.map((mass) => Math.sqrt(mass * 8.617330337e-5 * temperature))
  atoms.momenta = Float64Array.from({ length: 3 * atoms.length }, (_, o) => width[Math.floor(o / 3)] * rng.normal())
  return atoms
}

const emt = { make: () => new EMT(), calculator: 'EMT' }
const lennardJones = { make: () => new LennardJones(argon), calculator: 'LJ', params: argon }

/** `calls` of ours and `rounds` of ASE's: as many as take a moment. */
export const evaluations = [
  { what: 'EMT, 64 atoms', atoms: crystal('Cu', [4, 2, 2]), ...emt, calls: 200, rounds: 5 },
  { what: 'EMT, 500 atoms', atoms: crystal('Cu', 5), ...emt, calls: 30, rounds: 2 },
  { what: 'Lennard-Jones, 8 atoms', atoms: crystal('Ar', [2, 1, 1]), ...lennardJones, calls: 1000, rounds: 20 },
  { what: 'Lennard-Jones, 500 atoms', atoms: crystal('Ar', 5), ...lennardJones, calls: 30, rounds: 3 },
]

export const trajectories = [
  { what: 'EMT, 64 atoms', atoms: withMomenta(crystal('Cu', [4, 2, 2]), 600), ...emt, steps: 1000, aseSteps: 20 },
  {
    what: 'Lennard-Jones, 108 atoms',
    atoms: withMomenta(crystal('Ar', 3), 40),
    ...lennardJones,
    steps: 1000,
    aseSteps: 20,
  },
]
