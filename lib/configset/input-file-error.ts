/** The error of an input file, and the name of standard input: what workers need of the inputs, who resolve no globs. */
import { AutoparaError } from '../base/errors.js'

/** The name that stands for standard input or output. */
export const STDIO = '-'

/** An input file that is missing, no regular file, or not the same as when the run began. */
export class InputFileError extends AutoparaError {
  override readonly name = 'InputFileError'
  /** The input, or the glob that matches nothing. */
  readonly file: string

  constructor(file: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_INPUT_FILE', message, options)
    this.file = file
  }
}

/** What reading `path` ended with: a system's error says which file and what to do, any other stays what it is. */
export function readError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause
  const advice = 'code' in cause && cause.code === 'EMFILE' ? '; raise the limit of open files (ulimit -n)' : ''
  return new InputFileError(path, `can't read ${path}: ${cause.message}${advice}`, { cause })
}
