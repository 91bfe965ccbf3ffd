/** The error of reports. */
import { AutoparaError } from '../base/errors.js'

/** A report can't be made: what draws it is not installed. */
export class ReportError extends AutoparaError {
  override readonly name = 'ReportError'

  constructor(message: string, options?: ErrorOptions) {
    super('AUTOPARA_REPORT', message, options)
  }
}
