/**
 * quippy's text of a SOAP descriptor, so that scripts can keep theirs:
 *
 *     soap n_max=8 l_max=6 cutoff=5.0 atom_sigma=0.5 n_species=2 species_Z={29 79} average
 *
 * Gives the 'equispaced' basis and quippy's defaults. What our SOAP lacks (mixing, `zeta`, `Z` lists …) is refused, but for
 * keys that change nothing (`n_Z`, `n_species`, `Z`: the centres are chosen by the operation's dictionary).
 */
import { rangeError } from '../../base/options.js'
import type { SoapSpec } from './soap-settings.js'
import { atomicNumber } from './species.js'

const NUMBERS: Readonly<Record<string, keyof SoapSpec>> = {
  cutoff: 'cutoff',
  n_max: 'nMax',
  l_max: 'lMax',
  atom_sigma: 'atomSigma',
  cutoff_transition_width: 'transitionWidth',
  central_weight: 'centralWeight',
}
const IGNORED: readonly string[] = ['n_Z', 'n_species', 'Z', 'average']

/** The SOAP of quippy's text. @throws {OptionRangeError} naming what can't be read or is not offered. */
export function parseQuippy(text: string): SoapSpec {
  const [type, ...words] = text.match(/[^\s={}]+(?:\s*=\s*(?:\{[^}]*\}|[^\s={}]+))?/g) ?? []
  if (type !== 'soap') throw rangeError('descs', "a text that begins with 'soap', or an object", text)
  const spec: Record<string, unknown> = { type: 'soap', radialBasis: 'equispaced' }
  for (const word of words) {
    const [key = '', value = 'T'] = word.split('=').map((part) => part.trim())
    const number = NUMBERS[key]
    if (number !== undefined) spec[number] = Number(value)
    else if (key === 'species_Z') spec['species'] = value.match(/[^\s{},]+/g)?.map((z) => atomicNumber(key, z))
    else if (key === 'normalise' || key === 'normalize') spec['normalize'] = /^[Tt1]/.test(value)
    else if (!IGNORED.includes(key)) {
      throw rangeError('descs', `made of ${[...Object.keys(NUMBERS), 'species_Z', 'normalise'].join(', ')}`, word)
    }
  }
  return spec as unknown as SoapSpec
}
