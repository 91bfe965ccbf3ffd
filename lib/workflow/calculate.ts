/** The operation `calculate` over sets of configurations. */
import { rangeError } from '../base/options.js'
import { packageUrl } from '../base/package-url.js'
import { IN_PROCESS } from '../calculators/per-configuration.js'
import type { ShortRangePotential } from '../calculators/short-range-potential.js'
import { type CalculatorSpec, encodeCalculator, resolveCalculator } from '../calculators/spec.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import type { AutoparaInfo } from '../iterable-loop/autopara-info.js'
import { type CalculateOptions, checkCalculateOptions } from '../operations/calculate.js'
import { task } from '../pool/task-function.js'
import { autoparallelize } from './autoparallelize.js'
import { calculatorArgument } from './calculator-argument.js'

/** What a calculator of this process never gives is no use to be asked of it for each configuration. */
async function checkImplemented(spec: CalculatorSpec, properties: readonly string[]): Promise<void> {
  const encoded = encodeCalculator(spec)
  if (!IN_PROCESS.includes(encoded.calculator as string)) return
  const { name, implementedProperties } = (await resolveCalculator(encoded)) as ShortRangePotential
  const unknown = properties.find((property) => !implementedProperties.includes(property))
  if (unknown === undefined) return
  throw rangeError('properties', `among what ${name} gives (${implementedProperties.join(', ')})`, unknown)
}

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
  await checkImplemented(params.calculator, params.properties ?? [])
  const calculator = await calculatorArgument(params.calculator)
  return overSets(inputs, outputs, { ...params, calculator }, autopara)
}
