/**
 * The chemical elements: symbol, atomic number, mass; and formulas like 'H2O' or 'Ca(OH)2'.
 *
 * The masses are those of ASE's `ase.data.atomic_masses` (IUPAC 2016), so that momenta and temperatures agree to the last
 * digit. Number 0 is 'X', an atom of no element, with mass 1.
 */
import { rangeError } from '../base/options.js'

const SYMBOLS: readonly string[] = (
  'X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo ' +
  'Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb ' +
  'Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og'
).split(' ')

// biome-ignore format: a table reads better than a column
const MASSES: readonly number[] = [
  1, 1.008, 4.002602, 6.94, 9.0121831, 10.81, 12.011, 14.007, 15.999, 18.998403163, 20.1797, 22.98976928, 24.305,
  26.9815385, 28.085, 30.973761998, 32.06, 35.45, 39.948, 39.0983, 40.078, 44.955908, 47.867, 50.9415, 51.9961, 54.938044,
  55.845, 58.933194, 58.6934, 63.546, 65.38, 69.723, 72.63, 74.921595, 78.971, 79.904, 83.798, 85.4678, 87.62, 88.90584,
  91.224, 92.90637, 95.95, 97.90721, 101.07, 102.9055, 106.42, 107.8682, 112.414, 114.818, 118.71, 121.76, 127.6,
  126.90447, 131.293, 132.90545196, 137.327, 138.90547, 140.116, 140.90766, 144.242, 144.91276, 150.36, 151.964, 157.25,
  158.92535, 162.5, 164.93033, 167.259, 168.93422, 173.054, 174.9668, 178.49, 180.94788, 183.84, 186.207, 190.23, 192.217,
  195.084, 196.966569, 200.592, 204.38, 207.2, 208.9804, 208.98243, 209.98715, 222.01758, 223.01974, 226.02541, 227.02775,
  232.0377, 231.03588, 238.02891, 237.04817, 244.06421, 243.06138, 247.07035, 247.07031, 251.07959, 252.083, 257.09511,
  258.09843, 259.101, 262.11, 267.122, 268.126, 271.134, 270.133, 269.1338, 278.156, 281.165, 281.166, 285.177, 286.182,
  289.19, 289.194, 293.204, 293.208, 294.214,
]

const NUMBERS: ReadonlyMap<string, number> = new Map(SYMBOLS.map((symbol, number) => [symbol, number]))

/** The largest atomic number of the table (118, Og). */
export const maxAtomicNumber: number = SYMBOLS.length - 1

/** The symbol of an atomic number. @throws {OptionRangeError} for a number outside 0–118. */
export function symbolOf(number: number): string {
  const symbol = SYMBOLS[number]
  if (symbol === undefined) throw rangeError('number', `an atomic number (0 to ${maxAtomicNumber})`, number)
  return symbol
}

/** The atomic number of a symbol, `undefined` for a symbol that is none ('cu', 'Xx'). */
export function numberOf(symbol: string): number | undefined {
  return NUMBERS.get(symbol)
}

/** The standard mass (u) of an atomic number. @throws {OptionRangeError} for a number outside 0–118. */
export function atomicMass(number: number): number {
  const mass = MASSES[number]
  if (mass === undefined) throw rangeError('number', `an atomic number (0 to ${maxAtomicNumber})`, number)
  return mass
}

/** The atomic number of a symbol. @throws {OptionRangeError} for a symbol that is none. */
export function checkSymbol(name: string, symbol: string): number {
  const number = NUMBERS.get(symbol)
  if (number === undefined) throw rangeError(name, "chemical symbols like 'H' or 'Cu'", symbol)
  return number
}

/**
 * The atomic numbers of a formula in its order: 'CH3OH' is C H H H O H; groups as in 'Ca(OH)2'.
 *
 * @throws {OptionRangeError} for text that is no formula, or names no element.
 */
export function parseFormula(formula: string): number[] {
  const stack: number[][] = [[]]
  let rest = 0
  for (const match of formula.matchAll(/([A-Z][a-z]?)(\d*)|(\()|\)(\d*)/gy)) {
    rest = match.index + match[0].length
    const [, symbol, count, open, groupCount] = match
    if (open) {
      stack.push([])
      continue
    }
    const unit = symbol === undefined ? stack.pop() : [checkSymbol('symbols', symbol)]
    const target = stack.at(-1)
    if (!unit || !target) break
    const times = Number((symbol === undefined ? groupCount : count) || 1)
    for (let t = 0; t < times; t++) for (const number of unit) target.push(number)
  }
  if (rest !== formula.length || stack.length !== 1) {
    throw rangeError('symbols', "a formula like 'H2O', 'Cu4' or 'Ca(OH)2'", formula)
  }
  return stack[0] as number[]
}

/** The formula of atomic numbers in Hill's order: carbon, hydrogen, then the alphabet ('C2H6O'); without carbon all by alphabet. */
export function hillFormula(numbers: ArrayLike<number>): string {
  const counts = new Map<string, number>()
  for (let i = 0; i < numbers.length; i++) {
    const symbol = symbolOf(numbers[i] as number)
    counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  }
  const first = counts.has('C') ? ['C', 'H'] : []
  const order = [...first, ...[...counts.keys()].filter((symbol) => !first.includes(symbol)).sort()]
  return order
    .filter((symbol) => counts.has(symbol))
    .map((symbol) => (counts.get(symbol) === 1 ? symbol : `${symbol}${counts.get(symbol)}`))
    .join('')
}
