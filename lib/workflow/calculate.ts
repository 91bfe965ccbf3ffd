/** The operation `calculate` over sets of configurations. */
import { packageUrl } from '../base/package-url.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import type { AutoparaInfo } from '../iterable-loop/autopara-info.js'
import { type CalculateOptions, checkCalculateOptions } from '../operations/calculate.js'
import { task } from '../pool/task-function.js'
import { autoparallelize } from './autoparallelize.js'
import { calculatorArgument } from './calculator-argument.js'

const overSets = autoparallelize<object>(task(packageUrl('lib/operations/calculate.js'), 'calculate'), {
  chunksize: 'auto',
  onError: 'keep',
})

/**
 * Stores a calculator's results in every configuration: `info.PREFIXenergy` (eV), `arrays.PREFIXforces` (eV/Å),
 * `info.PREFIXstress` (eV/Å³, xx yy zz yz xz xy) and so on. One that the calculator can't do is kept and marked with
 * `PREFIXcalculation_failed` (see `onError`).
 *
 * @throws {TypeError | RangeError} for wrong options, {@link CalculatorError} for a calculator that doesn't exist or can't be built
 * @example await calculate(inputs, outputs, { calculator: [EMT, []] }, { npool: 8 })
 */
export async function calculate(
  inputs: ConfigSetIn,
  outputs: ConfigSetOut,
  params: CalculateOptions,
  autopara: AutoparaInfo = {},
): Promise<ConfigSetIn> {
  checkCalculateOptions(params)
  const calculator = await calculatorArgument(params.calculator)
  return overSets(inputs, outputs, { ...params, calculator }, autopara)
}
