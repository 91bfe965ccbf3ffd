/**
 * Parameters of the effective medium potential, and what follows from them for a set of elements.
 *
 * The table is that of ASE's `ase.calculators.emt`: K. W. Jacobsen, P. Stoltze, J. K. Nørskov, Surf. Sci. 366, 394 (1996);
 * H, C, N and O are "just for fun". Factors that depend only on the two elements are multiplied out here.
 */
import { symbolOf } from '../atoms/elements.js'

/** Å, CODATA 2014 as in ASE. */
const bohr = 0.5291772105638411

/** (16π/3)^(1/3) / √2, in the rounding that the potential was fitted with. */
export const beta = 1.809

/** Energies in eV, lengths in bohr: E0, s0, V0, η2, κ, λ, n0. */
// biome-ignore format: a table reads better than a column
const TABLE: ReadonlyMap<string, readonly [number, number, number, number, number, number, number]> = new Map([
  ['Al', [-3.28, 3.00, 1.493, 1.240, 2, 1.169, 0.00700]],
  ['Cu', [-3.51, 2.67, 2.476, 1.652, 2.740, 1.906, 0.00910]],
  ['Ag', [-2.96, 3.01, 2.132, 1.652, 2.790, 1.892, 0.00547]],
  ['Au', [-3.80, 3.00, 2.321, 1.674, 2.873, 2.182, 0.00703]],
  ['Ni', [-4.44, 2.60, 3.673, 1.669, 2.757, 1.948, 0.01030]],
  ['Pd', [-3.90, 2.87, 2.773, 1.818, 3.107, 2.155, 0.00688]],
  ['Pt', [-5.85, 2.90, 4.067, 1.812, 3.145, 2.192, 0.00802]],
  ['H', [-3.21, 1.31, 0.132, 2.652, 2.790, 3.892, 0.00547]],
  ['C', [-3.50, 1.81, 0.332, 1.652, 2.790, 1.892, 0.01322]],
  ['N', [-5.10, 1.88, 0.132, 1.652, 2.790, 1.892, 0.01222]],
  ['O', [-4.60, 1.95, 0.332, 1.652, 2.790, 1.892, 0.00850]],
])

/** The symbols of the elements that have parameters. */
export const emtElements: readonly string[] = [...TABLE.keys()]

/** One element's parameters in eV and Å, for one cutoff. */
interface EmtElement {
  readonly symbol: string
  readonly E0: number
  readonly s0: number
  readonly V0: number
  readonly eta2: number
  readonly kappa: number
  readonly lambda: number
  readonly n0: number
  readonly gamma1: number
  readonly gamma2: number
}

/** What the pair loops need of a set of elements; elements are numbered as they came, pairs are `a * count + b`. */
export interface EmtModel {
  readonly elements: readonly EmtElement[]
  /** The place of each atomic number among `elements`, -1 for those that are not. */
  readonly indexOf: Int32Array
  /** The cutoff function is 1 / (1 + exp(cutSlope (r - rc))). */
  readonly rc: number
  readonly cutSlope: number
  /** The distance from which on pairs are left out, Å. */
  readonly reach: number
  /** By element: s0 in Å; κ and η2 in 1/Å. */
  readonly radius: Float64Array
  readonly kappa: Float64Array
  readonly eta2: Float64Array
  /** By pair (a, b), what an atom b does to an atom a: ½ V0_a ξ_ab / γ2_a, eV, and ξ_ab / γ1_a. */
  readonly repulsion: Float64Array
  readonly density: Float64Array
}

/** The cutoff follows from the largest atom: of the whole table, or (asap) of the elements that are there. */
function cutoffs(symbols: readonly string[], asapCutoff: boolean): { rc: number; cutSlope: number; reach: number } {
  const relevant = asapCutoff ? symbols : emtElements
  const largest = Math.max(...relevant.map((symbol) => TABLE.get(symbol)?.[1] ?? 0)) * bohr
  const rc = beta * largest * 0.5 * (Math.sqrt(3) + Math.sqrt(4))
  const rr = (rc * 2 * Math.sqrt(4)) / (Math.sqrt(3) + Math.sqrt(4))
  return { rc, cutSlope: Math.log(9999) / (rr - rc), reach: asapCutoff ? rc * 1.045 : rc + 0.5 }
}

function element(symbol: string, rc: number, cutSlope: number): EmtElement {
  const [E0, s0Bohr, V0, eta2Bohr, kappaBohr, lambdaBohr, n0Bohr] = (TABLE.get(symbol) ?? []) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const s0 = s0Bohr * bohr
  const eta2 = eta2Bohr / bohr
  const kappa = kappaBohr / bohr
  let gamma1 = 0
  let gamma2 = 0
  for (const [shell, neighbours] of [12, 6, 24].entries()) {
    const r = s0 * beta * Math.sqrt(shell + 1)
    const weight = neighbours / (12 * (1 + Math.exp(cutSlope * (r - rc))))
    gamma1 += weight * Math.exp(-eta2 * (r - beta * s0))
    gamma2 += weight * Math.exp((-kappa / beta) * (r - beta * s0))
  }
  return { symbol, E0, s0, V0, eta2, kappa, lambda: lambdaBohr / bohr, n0: n0Bohr / bohr ** 3, gamma1, gamma2 }
}

/** The model of the elements in `numbers` (atomic numbers without repetition), or the first number without parameters. */
export function emtModel(numbers: readonly number[], asapCutoff: boolean): EmtModel | number {
  const unknown = numbers.find((number) => !TABLE.has(symbolOf(number)))
  if (unknown !== undefined) return unknown
  const symbols = numbers.map(symbolOf)
  const { rc, cutSlope, reach } = cutoffs(symbols, asapCutoff)
  const elements = symbols.map((symbol) => element(symbol, rc, cutSlope))
  const count = elements.length
  const indexOf = new Int32Array(Math.max(0, ...numbers) + 1).fill(-1)
  for (const [index, number] of numbers.entries()) indexOf[number] = index
  const repulsion = new Float64Array(count * count)
  const density = new Float64Array(count * count)
  for (const [a, one] of elements.entries()) {
    for (const [b, two] of elements.entries()) {
      const ksi = two.n0 / one.n0
      repulsion[a * count + b] = (0.5 * one.V0 * ksi) / one.gamma2
      density[a * count + b] = ksi / one.gamma1
    }
  }
  const radius = Float64Array.from(elements, ({ s0 }) => s0)
  const kappa = Float64Array.from(elements, (own) => own.kappa)
  const eta2 = Float64Array.from(elements, (own) => own.eta2)
  return { elements, indexOf, rc, cutSlope, reach, radius, kappa, eta2, repulsion, density }
}
