/** What a pool rejects with when a worker can't be made ready. */
import { AutoparaError } from '../base/errors.js'

/** An initializer threw, or could not be loaded. Its own error is the `cause`. */
export class InitializerError extends AutoparaError {
  override readonly name = 'InitializerError'
  /** The initializer: a function's name or a plug-in's. */
  readonly initializer: string

  constructor(initializer: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_INITIALIZER', message, options)
    this.initializer = initializer
  }
}
