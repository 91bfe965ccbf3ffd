/** A configuration that an operation could not do. */
import type { Atoms } from '../atoms/atoms.js'
import { AutoparaError } from '../base/errors.js'
import type { InfoValue } from '../base/ndarray.js'

/**
 * Stands for one configuration in the list that an operation returns: this one failed, the others did not.
 *
 * `mark` is what the configuration is to carry in its `info` when the pipeline keeps it.
 */
export class OperationError extends AutoparaError {
  override readonly name = 'OperationError'
  /** The operation's name. */
  readonly operation: string
  /** What the configuration carries in its `info` when it is kept. */
  readonly mark: Readonly<Record<string, InfoValue>>
  /** What there is of a trajectory that broke off; empty for other operations. */
  readonly partial: readonly Atoms[]

  constructor(
    operation: string,
    cause: unknown,
    mark: Readonly<Record<string, InfoValue>>,
    partial: readonly Atoms[] = [],
  ) {
    super('AUTOPARA_OPERATION', `${operation}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.operation = operation
    this.mark = mark
    this.partial = partial
  }
}
