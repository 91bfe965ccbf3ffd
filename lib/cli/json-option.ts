/** Options whose value is JSON. */
import { UsageError } from './exit-code.js'

/** The value of a JSON option. Throws {@link UsageError} with the parser's complaint. */
export function parseJsonOption(text: string, option: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new UsageError(`${option} must be JSON: ${(error as Error).message}`)
  }
}
