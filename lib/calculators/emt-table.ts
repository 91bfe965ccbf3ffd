/**
 * What a pair of atoms does to each other in the effective medium potential, as functions of q = r², tabulated:
 *
 *     u    the repulsion that each of the two has, eV
 *     s_a  what the atom of b adds to the density around the atom of a, and s_b the other way round (one where a = b)
 *
 * Polynomials of degree 7 on intervals of 0.1 Å² leave errors of a few units in the last place (a test compares), and give
 * function and slope for the price of one of the three to five exponentials; with q instead of r there is no root and no
 * division either, as force = -2 r⃗ du/dq. Nearer than 2 Å, where the functions are steep and pairs rare, they are computed.
 */
import { chebyshevNode, chebyshevToPowers } from '../base/chebyshev.js'
import { beta, type EmtModel } from './emt-parameters.js'

/** Where tables begin, Å²; below, use {@link pairFunctions}. */
export const TABLE_START = 4
/** Intervals per Å². */
export const TABLE_DENSITY = 10
/** Coefficients of a function in an interval. */
export const TABLE_POINTS = 8

const TO_POWERS: Float64Array = chebyshevToPowers(TABLE_POINTS)
/** Tables that were made, by what they depend on. */
const made: Map<string, Float64Array> = new Map()
const KEPT = 512

/**
 * The table of elements a and b of a model: for each interval the coefficients of u, s_a and (of three columns) s_b, lowest
 * power first, in t = (q - TABLE_START) · TABLE_DENSITY - interval - ½.
 */
export function pairTable(model: EmtModel, a: number, b: number, columns: 2 | 3): Float64Array {
  const key = [model.elements[a]?.symbol, model.elements[b]?.symbol, columns, model.rc, model.reach].join()
  const known = made.get(key)
  if (known) return known
  const intervals = Math.ceil((model.reach ** 2 - TABLE_START) * TABLE_DENSITY) + 1
  const table = new Float64Array(intervals * columns * TABLE_POINTS)
  const values = new Float64Array(6)
  const middle = new Float64Array(6)
  const nodes = new Float64Array(columns * TABLE_POINTS)
  for (let interval = 0; interval < intervals; interval++) {
    // What is interpolated is the difference to the middle: it is small, and so are the errors of the sums below.
    pairFunctions(model, a, b, TABLE_START + (interval + 0.5) / TABLE_DENSITY, middle)
    for (let k = 0; k < TABLE_POINTS; k++) {
      const t = 0.5 * chebyshevNode(k, TABLE_POINTS)
      pairFunctions(model, a, b, TABLE_START + (interval + 0.5 + t) / TABLE_DENSITY, values)
      for (let c = 0; c < columns; c++) nodes[c * TABLE_POINTS + k] = values[2 * c]! - middle[2 * c]!
    }
    for (let c = 0; c < columns; c++) {
      const at = (interval * columns + c) * TABLE_POINTS
      for (let power = 0; power < TABLE_POINTS; power++) {
        let sum = power === 0 ? middle[2 * c]! : 0
        for (let k = 0; k < TABLE_POINTS; k++) {
          sum += TO_POWERS[power * TABLE_POINTS + k]! * nodes[c * TABLE_POINTS + k]!
        }
        table[at + power] = sum * 2 ** power
      }
    }
  }
  if (made.size >= KEPT) made.clear()
  made.set(key, table)
  return table
}

/** Writes to `out`, from `c` on, a function (whose coefficients begin at `at`) and its slope by interval. */
export function evaluateTable(table: Float64Array, at: number, t: number, out: Float64Array, c: number): void {
  let value = table[at + 7]!
  let slope = value
  value = value * t + table[at + 6]!
  slope = slope * t + value
  value = value * t + table[at + 5]!
  slope = slope * t + value
  value = value * t + table[at + 4]!
  slope = slope * t + value
  value = value * t + table[at + 3]!
  slope = slope * t + value
  value = value * t + table[at + 2]!
  slope = slope * t + value
  value = value * t + table[at + 1]!
  slope = slope * t + value
  out[c] = value * t + table[at]!
  out[c + 1] = slope
}

/** Writes u, du/dq, s_a, ds_a/dq, s_b, ds_b/dq of a pair at q = r² (Å²) to `out`. */
export function pairFunctions(model: EmtModel, a: number, b: number, q: number, out: Float64Array): void {
  const { rc, cutSlope, radius, kappa, eta2, repulsion, density } = model
  const types = model.elements.length
  const r = Math.sqrt(q)
  const cut = Math.exp(cutSlope * (r - rc))
  const theta = 1 / (1 + cut)
  const fall = cutSlope * theta * cut
  // What b does to a, and a to b.
  const yA = repulsion[a * types + b]! * Math.exp(-kappa[b]! * (r / beta - radius[b]!)) * theta
  const yB = repulsion[b * types + a]! * Math.exp(-kappa[a]! * (r / beta - radius[a]!)) * theta
  const sA = density[a * types + b]! * Math.exp(-eta2[b]! * (r - beta * radius[b]!)) * theta
  const sB = density[b * types + a]! * Math.exp(-eta2[a]! * (r - beta * radius[a]!)) * theta
  const perR = -0.5 / r
  out[0] = 0.5 * (yA + yB)
  out[1] = perR * 0.5 * ((yA * kappa[b]! + yB * kappa[a]!) / beta + (yA + yB) * fall)
  out[2] = sA
  out[3] = perR * sA * (eta2[b]! + fall)
  out[4] = sB
  out[5] = perR * sB * (eta2[a]! + fall)
}
