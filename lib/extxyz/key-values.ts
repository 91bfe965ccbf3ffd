/**
 * key=value text on its own, as it stands in command lines and in the comments of other programs' files
 * (ASE's `key_val_str_to_dict` and `key_val_dict_to_str`).
 */
import type { InfoValue } from '../base/ndarray.js'
import { pairValue } from './comment-value.js'
import { ExtxyzError } from './errors.js'
import { Lexer } from './lexer.js'
import { LineFault } from './line-cursor.js'
import { type Dialect, keyText, UnwritableError, valueText } from './quote.js'
import { writeError } from './write-frame.js'

/**
 * The pairs of a text, typed as in a comment line; a key without a value is true, of a repeated key the last one counts.
 *
 * @throws {ExtxyzError} with the column of the fault.
 * @example parseKeyValues('cutoff=5.0 n_max=8 label="a b" quiet')      // { cutoff: 5, n_max: 8, label: 'a b', quiet: true }
 */
export function parseKeyValues(text: string): Record<string, InfoValue> {
  const record: Record<string, InfoValue> = Object.create(null)
  const ignore = (): void => {}
  try {
    const lexer = new Lexer(text, ignore)
    while (lexer.next()) record[lexer.key] = pairValue(lexer, ignore).value
  } catch (error) {
    if (!(error instanceof LineFault)) throw error
    throw new ExtxyzError(error.rule, error.message, { frame: 0, line: 1, column: error.at + 1 }, error.token)
  }
  return record
}

/** A record as key=value text, from which {@link parseKeyValues} makes the same record. @throws {ExtxyzError} with rule `write`. */
export function formatKeyValues(record: Readonly<Record<string, InfoValue>>, dialect: Dialect = 'ase'): string {
  return Object.keys(record)
    .map((key) => {
      try {
        return `${keyText(key)}=${valueText(key, record[key] as InfoValue, undefined, dialect)}`
      } catch (error) {
        if (!(error instanceof UnwritableError)) throw error
        throw writeError(`${JSON.stringify(key)}: ${error.message}`, 0)
      }
    })
    .join(' ')
}
