/** The error of a call at the wrong time. */
import { AutoparaError } from '../base/errors.js'

/** A call that doesn't fit the state of the output, such as writing after its end. */
export class ConfigSetStateError extends AutoparaError {
  override readonly name = 'ConfigSetStateError'

  constructor(message: string) {
    super('AUTOPARA_CONFIGSET_STATE', message)
  }
}
