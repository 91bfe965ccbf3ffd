/** The operation `descriptor` over sets of configurations. */
import { packageUrl } from '../base/package-url.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import type { AutoparaInfo } from '../iterable-loop/autopara-info.js'
import { type DescriptorOptions, descriptorLengths } from '../operations/descriptors/descriptor-op.js'
import { task } from '../pool/task-function.js'
import { autoparallelize } from './autoparallelize.js'

const overSets = autoparallelize<DescriptorOptions>(
  task(packageUrl('lib/operations/descriptors/descriptor-op.js'), 'descriptor'),
  { chunksize: 'auto' },
)

/**
 * Stores descriptors of every configuration: a vector in `info`, or with `local` one for each atom in `arrays`.
 *
 * @throws {OptionTypeError | OptionRangeError} for wrong options, before anything runs
 * @throws {OperationError} for a configuration with an unknown species or an existing key, with `onError: 'raise'` (the default)
 * @example
 * const soap = { type: 'soap', species: ['Cu', 'Au'], cutoff: 5, nMax: 8, lMax: 6, atomSigma: 0.5 }
 * await descriptor(inputs, outputs, { descs: soap, key: 'soap' }, { npool: 8 })
 */
export async function descriptor(
  inputs: ConfigSetIn,
  outputs: ConfigSetOut,
  params: DescriptorOptions,
  autopara: AutoparaInfo = {},
): Promise<ConfigSetIn> {
  descriptorLengths(params)
  return overSets(inputs, outputs, params, autopara)
}
