/** What goes wrong with an output file, said in words: what, where, and what to do. */
import { dirname } from 'node:path'
import { AutoparaError } from '../base/errors.js'

/** An output that can't be opened, written or completed. */
export class OutputFileError extends AutoparaError {
  override readonly name = 'OutputFileError'
  /** The output. */
  readonly file: string

  constructor(file: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_OUTPUT_FILE', message, options)
    this.file = file
  }
}

/**
 * The error for what the system said of `path`.
 *
 * @param task what can't be done (`write`, `complete`)
 * @param more what else to say, such as what is kept
 */
export function outputFileError(task: string, path: string, cause: unknown, more = ''): OutputFileError {
  if (cause instanceof OutputFileError) return cause
  return new OutputFileError(path, `can't ${task} ${path}: ${explain(cause, path)}${more}`, { cause })
}

/** What a system error means for an output, and what to do. */
function explain(error: unknown, path: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return `the folder ${dirname(path)} does not exist; create it first`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `no permission to write in ${dirname(path)}`
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free some space and start again'
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open; raise the limit (ulimit -n) and start again'
    case 'ELOOP':
      return 'a symbolic link stands where its temporary file goes; remove it'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
