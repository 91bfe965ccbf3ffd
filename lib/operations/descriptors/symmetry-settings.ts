/** The settings of Behler–Parrinello symmetry functions: what a user gives, and what is made of it. */
import { checkKeys, typeError } from '../../base/options.js'
import { checkFinite, checkPositive, checkSpecies, type SpeciesList } from './species.js'

/** A radial function: exp(-eta (R - rs)²). */
export interface RadialFunction {
  /** 1/Å². */
  eta: number
  /** Å. Default 0. */
  rs?: number
}

/** An angular function: 2^(1 - zeta) (1 + lambda cos θ)^zeta exp(-eta Σ R²). */
export interface AngularFunction {
  /** 1/Å². */
  eta: number
  /** How sharply angles are told apart; the exponent ζ, positive. */
  zeta: number
  /** 1 or -1. Default 1. */
  lambda?: number
}

/** Symmetry functions as plain data. Lengths in Å. */
export interface AcsfSpec {
  /** Says that these are symmetry functions. */
  type: 'acsf'
  /** All species that the configurations have: symbols or atomic numbers. Their order is that of the vector's parts. */
  species: SpeciesList
  /** Neighbours nearer than this count. */
  cutoff: number
  /** Radial functions, for each species of neighbour. Default: none. */
  g2?: readonly RadialFunction[]
  /** Angular functions with all three distances, for each pair of species. Default: none. */
  g4?: readonly AngularFunction[]
  /** Angular functions without the distance of the neighbours to each other, for each pair of species. Default: none. */
  g5?: readonly AngularFunction[]
}

/** Checked settings, all present. */
export interface AcsfSettings {
  readonly species: readonly number[]
  readonly cutoff: number
  readonly g2: readonly Required<RadialFunction>[]
  readonly g4: readonly Required<AngularFunction>[]
  readonly g5: readonly Required<AngularFunction>[]
}

/** Checks symmetry functions. @throws {OptionTypeError | OptionRangeError} which names the setting. */
export function checkAcsf(spec: AcsfSpec): AcsfSettings {
  checkKeys(spec, ['type', 'species', 'cutoff', 'g2', 'g4', 'g5'], 'acsf')
  const settings = {
    species: checkSpecies(spec.species),
    cutoff: checkPositive('cutoff', spec.cutoff, 'a positive number, in Å'),
    g2: list('g2', spec.g2, ['eta', 'rs']).map((f) => ({
      eta: checkFinite('g2.eta', f['eta']),
      rs: checkFinite('g2.rs', f['rs'] ?? 0),
    })),
    g4: angular('g4', spec.g4),
    g5: angular('g5', spec.g5),
  }
  if (settings.g2.length + settings.g4.length + settings.g5.length === 0) {
    throw typeError('g2', 'given, or g4 or g5: acsf without a function has no component', spec.g2)
  }
  return settings
}

function angular(name: string, functions: unknown): Required<AngularFunction>[] {
  return list(name, functions, ['eta', 'zeta', 'lambda']).map((f) => ({
    eta: checkFinite(`${name}.eta`, f['eta']),
    zeta: checkPositive(`${name}.zeta`, f['zeta'], 'a positive number'),
    lambda: checkFinite(`${name}.lambda`, f['lambda'] ?? 1),
  }))
}

function list(name: string, functions: unknown, keys: readonly string[]): Record<string, unknown>[] {
  if (functions === undefined) return []
  if (!Array.isArray(functions)) throw typeError(name, `a list of { ${keys.join(', ')} }`, functions)
  return functions.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) throw typeError(name, `a list of { ${keys.join(', ')} }`, entry)
    checkKeys(entry, keys, name)
    return entry as Record<string, unknown>
  })
}
