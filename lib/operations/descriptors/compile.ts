/**
 * From a descriptor as plain data to one that computes: tables are built once and kept, because an operation is called
 * anew for every chunk of configurations.
 */
import { rangeError, typeError } from '../../base/options.js'
import type { LocalDescriptor } from './local-descriptor.js'
import { parseQuippy } from './quippy-string.js'
import { Soap } from './soap.js'
import { checkSoap, type SoapSpec } from './soap-settings.js'
import { SymmetryFunctions } from './symmetry-functions.js'
import { type AcsfSpec, checkAcsf } from './symmetry-settings.js'

/** One descriptor: plain data, or quippy's text for a SOAP ('soap n_max=8 l_max=6 cutoff=5 …'). */
export type DescriptorSpec = SoapSpec | AcsfSpec | string

const KEPT = 16
const compiled = new Map<string, LocalDescriptor>()

/** The descriptor of a spec. @throws {OptionTypeError | OptionRangeError} for a spec that is none. */
export function compileDescriptor(spec: DescriptorSpec): LocalDescriptor {
  const key = JSON.stringify(spec)
  let descriptor = compiled.get(key)
  if (descriptor === undefined) {
    descriptor = build(typeof spec === 'string' ? parseQuippy(spec) : spec)
    const oldest = compiled.keys().next().value
    if (compiled.size >= KEPT && oldest !== undefined) compiled.delete(oldest)
    compiled.set(key, descriptor)
  }
  return descriptor
}

function build(spec: SoapSpec | AcsfSpec): LocalDescriptor {
  if (typeof spec !== 'object' || spec === null) throw typeError('descs', "{ type: 'soap' | 'acsf', … }", spec)
  if (spec.type === 'soap') return new Soap(checkSoap(spec))
  if (spec.type === 'acsf') return new SymmetryFunctions(checkAcsf(spec))
  throw rangeError('type', "'soap' or 'acsf'", (spec as { type: unknown }).type)
}
