/**
 * Builders: the common crystal structures, in ASE's settings, and a few molecules.
 *
 * Lattice constants are the experimental ones of ASE's `reference_states` (after Ashcroft and Mermin); the geometries of
 * the molecules are those of the G2 set (L. A. Curtiss et al., J. Chem. Phys. 106, 1063 (1997)).
 */
import { checkBoolean, checkKeys, rangeError, typeError } from '../base/options.js'
import { Atoms } from './atoms.js'
import { checkSymbol, parseFormula } from './elements.js'
import type { Rows } from './parts.js'

/** A crystal structure that {@link bulk} builds. */
export type CrystalStructure = 'sc' | 'fcc' | 'bcc' | 'hcp' | 'diamond'

/** Options of {@link bulk}. */
export interface BulkOptions {
  /** Default: the element's own structure. */
  structure?: CrystalStructure
  /** Lattice constant, Å. Default: the element's own, where `structure` is its own too. */
  a?: number
  /** hcp: the second lattice constant, Å (or give `covera`). Default: c/a of the element, else sqrt(8/3). */
  c?: number
  /** hcp: c/a. */
  covera?: number
  /** The conventional cubic cell (sc, fcc, bcc, diamond) instead of the primitive one. Default false. */
  cubic?: boolean
}

/** Symbol, lattice constant (Å), c/a. */
const STATES: Readonly<Record<CrystalStructure, string>> = {
  sc: 'Po 3.35',
  fcc:
    'Ne 4.43, Al 4.05, Ar 5.26, Ca 5.58, Ni 3.52, Cu 3.61, Kr 5.72, Sr 6.08, Rh 3.8, Pd 3.89, Ag 4.09, Xe 6.2, ' +
    'Ce 5.16, Yb 5.49, Ir 3.84, Pt 3.92, Au 4.08, Pb 4.95, Ac 5.31, Th 5.08',
  bcc:
    'Li 3.49, Na 4.23, K 5.23, V 3.02, Cr 2.88, Fe 2.87, Rb 5.59, Nb 3.3, Mo 3.15, Cs 6.05, Ba 5.02, Eu 4.61, ' +
    'Ta 3.31, W 3.16',
  hcp:
    'Be 2.29 1.567, Mg 3.21 1.624, Sc 3.31 1.594, Ti 2.95 1.588, Co 2.51 1.622, Zn 2.66 1.856, Y 3.65 1.571, ' +
    'Zr 3.23 1.593, Tc 2.74 1.604, Ru 2.7 1.584, Cd 2.98 1.886, La 3.75 1.619, Pr 3.67 1.614, Nd 3.66 1.614, ' +
    'Gd 3.64 1.588, Tb 3.6 1.581, Dy 3.59 1.573, Ho 3.58 1.57, Er 3.56 1.57, Tm 3.54 1.57, Lu 3.51 1.585, ' +
    'Hf 3.2 1.582, Re 2.76 1.615, Os 2.74 1.579, Tl 3.46 1.599',
  diamond: 'C 3.57, Si 5.43, Ge 5.66',
}

const STRUCTURES = Object.keys(STATES) as CrystalStructure[]

/**
 * A crystal of one element, periodic in all directions, in the cell and order of atoms of ASE's `bulk`.
 *
 * @throws {OptionTypeError | OptionRangeError} for options that do not fit, or an element without a lattice constant.
 * @example bulk('Cu', { cubic: true }).repeat(3)
 */
export function bulk(symbol: string, options: BulkOptions = {}): Atoms {
  checkKeys(options, ['structure', 'a', 'c', 'covera', 'cubic'], 'bulk')
  const number = checkSymbol('symbol', symbol)
  const state = stateOf(symbol)
  const structure = options.structure ?? state?.structure
  if (structure === undefined)
    throw rangeError('structure', `given for an element without a crystal structure here`, symbol)
  if (!STRUCTURES.includes(structure)) throw rangeError('structure', `one of ${STRUCTURES.join(', ')}`, structure)
  const own = structure === state?.structure ? state : undefined
  const a = positive('a', options.a ?? own?.a, `given for ${structure} ${symbol}`)
  const cubic = checkBoolean('cubic', options.cubic, false)
  if (structure === 'hcp') {
    if (cubic) throw rangeError('cubic', 'false for hcp', cubic)
    const c = options.c ?? a * (options.covera ?? own?.covera ?? Math.sqrt(8 / 3))
    return hcp(number, a, positive('c', c, 'a positive number'))
  }
  if (options.c !== undefined || options.covera !== undefined) throw rangeError('c', 'absent but for hcp', structure)
  return cubicCrystal(number, structure, a, cubic)
}

/** Cells and basis of the cubic structures, in units of the lattice constant. */
function cubicCrystal(number: number, structure: 'sc' | 'fcc' | 'bcc' | 'diamond', a: number, cubic: boolean): Atoms {
  const b = a / 2
  const q = a / 4
  const cube = [a, 0, 0, 0, a, 0, 0, 0, a]
  // biome-ignore format: one atom a column
  const faces = [[0, 0, 0], [0, b, b], [b, 0, b], [b, b, 0]]
  switch (structure) {
    case 'sc':
      return crystal(number, cube, [[0, 0, 0]])
    case 'bcc':
      return cubic
        ? crystal(number, cube, [
            [0, 0, 0],
            [b, b, b],
          ])
        : crystal(number, [-b, b, b, b, -b, b, b, b, -b], [[0, 0, 0]])
    case 'fcc':
      return cubic ? crystal(number, cube, faces) : crystal(number, [0, b, b, b, 0, b, b, b, 0], [[0, 0, 0]])
    case 'diamond': {
      const pairs = (corners: number[][]): number[][] => corners.flatMap((r) => [r, r.map((x) => x + q)])
      return cubic
        ? crystal(number, cube, pairs(faces))
        : crystal(number, [0, b, b, b, 0, b, b, b, 0], pairs([[0, 0, 0]]))
    }
  }
}

function hcp(number: number, a: number, c: number): Atoms {
  const height = (a * Math.sqrt(3)) / 2
  return crystal(
    number,
    [a, 0, 0, -a / 2, height, 0, 0, 0, c],
    [
      [0, 0, 0],
      [0, a / Math.sqrt(3), 0.5 * c],
    ],
  )
}

function crystal(number: number, cell: Rows, positions: Rows & { length: number }): Atoms {
  return new Atoms({ numbers: new Array<number>(positions.length).fill(number), positions, cell, pbc: true })
}

function stateOf(symbol: string): { structure: CrystalStructure; a: number; covera: number | undefined } | undefined {
  for (const structure of STRUCTURES) {
    for (const entry of STATES[structure].split(', ')) {
      const [name, a, covera] = entry.split(' ')
      if (name === symbol) return { structure, a: Number(a), covera: covera === undefined ? undefined : Number(covera) }
    }
  }
  return undefined
}

function positive(name: string, value: unknown, expected: string): number {
  if (typeof value !== 'number') throw typeError(name, expected, value)
  if (!(value > 0) || value === Number.POSITIVE_INFINITY) throw rangeError(name, 'a positive number', value)
  return value
}

/** Formula in the order of the atoms: coordinates, Å. */
// biome-ignore format: a table
const MOLECULES: Readonly<Record<string, readonly [symbols: string, positions: readonly number[]]>> = {
  H2: ['H2', [0, 0, 0.368583, 0, 0, -0.368583]],
  N2: ['N2', [0, 0, 0.56499, 0, 0, -0.56499]],
  O2: ['O2', [0, 0, 0.622978, 0, 0, -0.622978]],
  CO: ['OC', [0, 0, 0.493003, 0, 0, -0.657337]],
  HF: ['FH', [0, 0, 0.093389, 0, 0, -0.840502]],
  H2O: ['OH2', [0, 0, 0.119262, 0, 0.763239, -0.477047, 0, -0.763239, -0.477047]],
  CO2: ['CO2', [0, 0, 0, 0, 0, 1.178658, 0, 0, -1.178658]],
  HCN: ['CNH', [0, 0, -0.511747, 0, 0, 0.664461, 0, 0, -1.580746]],
  NH3: ['NH3', [0, 0, 0.116489, 0, 0.939731, -0.271808, 0.813831, -0.469865, -0.271808, -0.813831, -0.469865, -0.271808]],
  CH4: ['CH4', [0, 0, 0, 0.629118, 0.629118, 0.629118, -0.629118, -0.629118, 0.629118, 0.629118, -0.629118, -0.629118,
    -0.629118, 0.629118, -0.629118]],
  C2H2: ['C2H2', [0, 0, 0.60808, 0, 0, -0.60808, 0, 0, -1.67399, 0, 0, 1.67399]],
  C2H4: ['C2H4', [0, 0, 0.66748, 0, 0, -0.66748, 0, 0.922832, 1.237695, 0, -0.922832, 1.237695, 0, 0.922832, -1.237695,
    0, -0.922832, -1.237695]],
  C2H6: ['C2H6', [0, 0, 0.762209, 0, 0, -0.762209, 0, 1.018957, 1.157229, -0.882443, -0.509479, 1.157229,
    0.882443, -0.509479, 1.157229, 0, -1.018957, -1.157229, -0.882443, 0.509479, -1.157229, 0.882443, 0.509479, -1.157229]],
  CH3OH: ['COH4', [-0.047131, 0.664389, 0, -0.047131, -0.758551, 0, -1.092995, 0.969785, 0, 0.878534, -1.048458, 0,
    0.437145, 1.080376, 0.891772, 0.437145, 1.080376, -0.891772]],
  C6H6: ['C6H6', [0, 1.395248, 0, 1.20832, 0.697624, 0, 1.20832, -0.697624, 0, 0, -1.395248, 0, -1.20832, -0.697624, 0,
    -1.20832, 0.697624, 0, 0, 2.48236, 0, 2.149787, 1.24118, 0, 2.149787, -1.24118, 0, 0, -2.48236, 0, -2.149787, -1.24118, 0,
    -2.149787, 1.24118, 0]],
}

/**
 * A molecule of the shipped set (H2, N2, O2, CO, HF, H2O, CO2, HCN, NH3, CH4, C2H2, C2H4, C2H6, CH3OH, C6H6), without a cell.
 *
 * @throws {OptionRangeError} for another name; the text lists the set.
 */
export function molecule(name: string): Atoms {
  const entry = Object.hasOwn(MOLECULES, name) ? MOLECULES[name] : undefined
  if (!entry) throw rangeError('name', `one of ${Object.keys(MOLECULES).join(', ')}`, name)
  const [symbols, positions] = entry
  return new Atoms({ numbers: parseFormula(symbols), positions })
}
