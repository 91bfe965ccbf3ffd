/** The operation `minim` over sets of configurations. */
import { packageUrl } from '../base/package-url.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import type { AutoparaInfo } from '../iterable-loop/autopara-info.js'
import { checkMinimOptions, type MinimOptions } from '../operations/minim-options.js'
import { task } from '../pool/task-function.js'
import { autoparallelize } from './autoparallelize.js'
import { calculatorArgument } from './calculator-argument.js'

const overSets = autoparallelize<object>(task(packageUrl('lib/workflow/random-ops.js'), 'minim'), {
  chunksize: 1,
  onError: 'keep',
})

/**
 * Minimises the energy of every configuration: its trajectory, or the part of it that `trajSubselect` names, in the place of
 * each. What was reached before a failure is kept (see `onError`).
 *
 * @throws {TypeError | RangeError} for wrong options, {@link CalculatorError} for a calculator that can't be built
 * @example await minim(inputs, outputs, { calculator: [EMT, []], fmax: 0.01 }, { npool: 8 })
 */
export async function minim(
  inputs: ConfigSetIn,
  outputs: ConfigSetOut,
  params: MinimOptions,
  autopara: AutoparaInfo = {},
): Promise<ConfigSetIn> {
  checkMinimOptions(params)
  const calculator = await calculatorArgument(params.calculator)
  return overSets(inputs, outputs, { ...params, calculator }, autopara)
}
