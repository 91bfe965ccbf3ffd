/** The operation `md` over sets of configurations. */
import { packageUrl } from '../base/package-url.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import type { AutoparaInfo } from '../iterable-loop/autopara-info.js'
import { checkMdOptions, type MdOptions } from '../operations/md-options.js'
import { task } from '../pool/task-function.js'
import { autoparallelize } from './autoparallelize.js'
import { calculatorArgument } from './calculator-argument.js'

const overSets = autoparallelize<object>(task(packageUrl('lib/workflow/random-ops.js'), 'md'), {
  chunksize: 1,
  onError: 'keep',
})

/**
 * Molecular dynamics: a trajectory from every configuration, a list in the place of each. What was reached before a failure is
 * kept (see `onError`).
 *
 * @throws {TypeError | RangeError} for wrong options, {@link CalculatorError} for a calculator that can't be built
 * @example await md(inputs, outputs, { calculator: [EMT, []], steps: 100, dt: 1, temperature: 300 }, { npool: 8, seed: 1 })
 */
export async function md(
  inputs: ConfigSetIn,
  outputs: ConfigSetOut,
  params: MdOptions,
  autopara: AutoparaInfo = {},
): Promise<ConfigSetIn> {
  checkMdOptions(params)
  const calculator = await calculatorArgument(params.calculator)
  return overSets(inputs, outputs, { ...params, calculator }, autopara)
}
