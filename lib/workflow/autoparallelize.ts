/**
 * Makes a parallel operation of a plain one: what `op` does to a list, the result does to any set of configurations.
 */

import { typeError } from '../base/options.js'
import { ConfigSetIn } from '../configset/configset-in.js'
import { ConfigSetOut } from '../configset/configset-out.js'
import { type AutoparaInfo, mergeAutoparaInfo } from '../iterable-loop/autopara-info.js'
import { iterableLoop } from '../iterable-loop/iterable-loop.js'
import { type TaskFunction, TaskReference } from '../pool/task-function.js'

/** An operation over sets of configurations; `autopara` says how it is run. */
export type ParallelOperation<P> = (
  inputs: ConfigSetIn,
  outputs: ConfigSetOut,
  params: P,
  autopara?: AutoparaInfo,
) => Promise<ConfigSetIn>

/**
 * Wraps `op(items, params)`, which returns a list with an entry for each item.
 *
 * Settings of the call come before `defaults`, these before the environment, this before what is built in.
 *
 * @throws {OptionTypeError | OptionRangeError} for wrong defaults; the operation rejects as `iterableLoop` does
 * @example
 * export const shifted = autoparallelize(shift, { chunksize: 'auto' })
 * await shifted(new ConfigSetIn({ inputFiles: 'in.xyz' }), new ConfigSetOut({ outputFiles: 'out.xyz' }), { by: 0.1 })
 */
export function autoparallelize<P>(
  op: TaskFunction<never[], unknown>,
  defaults: AutoparaInfo = {},
): ParallelOperation<P> {
  if (typeof op !== 'function' && !((op as unknown) instanceof TaskReference))
    throw typeError('op', 'a function, task(…) or inline(…)', op)
  mergeAutoparaInfo({}, defaults)
  return async (inputs, outputs, params, autopara = {}) => {
    if (!(inputs instanceof ConfigSetIn)) throw typeError('inputs', 'a ConfigSetIn', inputs)
    if (!(outputs instanceof ConfigSetOut)) throw typeError('outputs', 'a ConfigSetOut', outputs)
    const info = mergeAutoparaInfo(defaults, autopara)
    return iterableLoop({ ...info, iterable: inputs, configsetOut: outputs, op, args: [params] })
  }
}
