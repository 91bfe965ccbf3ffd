/** The settings of a SOAP descriptor: what a user gives, and what is made of it. */
import { checkBoolean, checkChoice, checkInteger, checkKeys, rangeError } from '../../base/options.js'
import { checkFinite, checkPositive, checkSpecies, type SpeciesList } from './species.js'

/** A SOAP descriptor as plain data. Lengths in Å. */
export interface SoapSpec {
  /** Says that this is a SOAP. */
  type: 'soap'
  /** All species that the configurations have: symbols or atomic numbers. Their order is that of the vector's parts. */
  species: SpeciesList
  /** Neighbours nearer than this count. */
  cutoff: number
  /** Radial functions. */
  nMax: number
  /** The highest degree of the spherical harmonics. */
  lMax: number
  /** Width σ of the Gaussian on each atom. */
  atomSigma: number
  /** 'gto' (default): Gaussian-type orbitals; 'equispaced': those of quippy's `soap`. */
  radialBasis?: 'gto' | 'equispaced'
  /** Over this width below the cutoff a neighbour's weight falls from 1 to 0, by half a cosine. Default 0.5. */
  transitionWidth?: number
  /** The weight of the central atom's own Gaussian. Default 1. */
  centralWeight?: number
  /** Scale each vector to length 1, so that scalar products are similarities between 0 and 1. Default true. */
  normalize?: boolean
  /** How a configuration's vector is made: from averaged coefficients ('inner', default), or as the mean of vectors ('outer'). */
  average?: 'inner' | 'outer'
}

/** Checked settings, all present. */
export interface SoapSettings {
  readonly species: readonly number[]
  readonly cutoff: number
  readonly nMax: number
  readonly lMax: number
  readonly atomSigma: number
  readonly radialBasis: 'gto' | 'equispaced'
  readonly transitionWidth: number
  readonly centralWeight: number
  readonly normalize: boolean
  readonly average: 'inner' | 'outer'
}

const KEYS: readonly string[] = [
  'type',
  'species',
  'cutoff',
  'nMax',
  'lMax',
  'atomSigma',
  'radialBasis',
  'transitionWidth',
  'centralWeight',
  'normalize',
  'average',
]

/** Most radial functions and degrees that the bases carry without loss of accuracy. */
const MOST = { nMax: 20, lMax: 20 }

/** Checks a SOAP descriptor. @throws {OptionTypeError | OptionRangeError} which names the setting. */
export function checkSoap(spec: SoapSpec): SoapSettings {
  checkKeys(spec, KEYS, 'soap')
  const cutoff = checkPositive('cutoff', spec.cutoff, 'a positive number, in Å')
  const nMax = checkInteger('nMax', spec.nMax, 1, 'a positive integer')
  const lMax = checkInteger('lMax', spec.lMax, 0, 'an integer of at least 0')
  if (nMax > MOST.nMax) throw rangeError('nMax', `at most ${MOST.nMax}`, nMax)
  if (lMax > MOST.lMax) throw rangeError('lMax', `at most ${MOST.lMax}`, lMax)
  const radialBasis = checkChoice('radialBasis', spec.radialBasis, ['gto', 'equispaced'], 'gto')
  if (radialBasis === 'gto' && cutoff <= 1) throw rangeError('cutoff', "greater than 1 Å for the 'gto' basis", cutoff)
  const transitionWidth =
    spec.transitionWidth === undefined ? 0.5 : checkFinite('transitionWidth', spec.transitionWidth)
  if (transitionWidth < 0 || transitionWidth > cutoff) {
    throw rangeError('transitionWidth', 'between 0 and the cutoff', transitionWidth)
  }
  return {
    species: checkSpecies(spec.species),
    cutoff,
    nMax,
    lMax,
    atomSigma: checkPositive('atomSigma', spec.atomSigma, 'a positive number, in Å'),
    radialBasis,
    transitionWidth,
    centralWeight: spec.centralWeight === undefined ? 1 : checkFinite('centralWeight', spec.centralWeight),
    normalize: checkBoolean('normalize', spec.normalize, true),
    average: checkChoice('average', spec.average, ['inner', 'outer'], 'inner'),
  }
}
