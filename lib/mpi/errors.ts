/** What goes wrong with MPI itself: a wrong start, a missing library, a failed call. */
import { AutoparaError } from '../base/errors.js'

/** Stable names of what can be wrong. */
export type MpiErrorCode =
  | 'AUTOPARA_MPI_NO_LAUNCHER'
  | 'AUTOPARA_MPI_NO_LIBRARY'
  | 'AUTOPARA_MPI_MISMATCH'
  | 'AUTOPARA_MPI_INIT'
  | 'AUTOPARA_MPI_NOT_INITIALISED'
  | 'AUTOPARA_MPI_CALL'

/** An error of the MPI layer. `code` says which. */
export class MpiError extends AutoparaError {
  override readonly name = 'MpiError'
  declare readonly code: MpiErrorCode

  constructor(code: MpiErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
