/**
 * The root of the error tree, and the errors that every layer may throw.
 *
 * Each class sets a literal `name` and a stable `code`; facts are fields; the text says what, where and what to do.
 * Subclasses live beside the feature that throws them.
 */

/** The base class of every error that autopara itself makes. `code` is stable; match on it, not on the text. */
export class AutoparaError extends Error {
  /** The class's name, a literal. */
  override readonly name: string = 'AutoparaError'
  /** Says what went wrong, for ever the same: `AUTOPARA_…`. Each has an entry in docs/troubleshooting.md. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A `TypeError` with a `code`: an option or argument has the wrong type. */
export class OptionTypeError extends TypeError {
  /** The class's name, a literal. */
  override readonly name = 'OptionTypeError'
  /** As of {@link AutoparaError}. */
  readonly code = 'AUTOPARA_OPTION_TYPE'
}

/** A `RangeError` with a `code`: an option or argument has the right type and an impossible value. */
export class OptionRangeError extends RangeError {
  /** The class's name, a literal. */
  override readonly name = 'OptionRangeError'
  /** As of {@link AutoparaError}. */
  readonly code = 'AUTOPARA_OPTION_RANGE'
}

/** A malformed environment variable, found where it is read. */
export class EnvironmentError extends AutoparaError {
  override readonly name = 'EnvironmentError'
  /** The variable's name. */
  readonly variable: string

  constructor(variable: string, message: string) {
    super('AUTOPARA_ENVIRONMENT', message)
    this.variable = variable
  }
}
