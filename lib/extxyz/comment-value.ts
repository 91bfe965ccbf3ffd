/**
 * What one pair of the comment line means: its form and text, typed.
 *
 *     bare, "…", '…'   a scalar, or an array of numbers or booleans, or the text itself        "_JSON …"   JSON
 *     {…}              a scalar or an array, also of texts                                     […]         an array
 */
import { type InfoValue, isNdArray, type NdArray } from '../base/ndarray.js'
import { parseJson } from './json.js'
import type { Lexer } from './lexer.js'
import type { Issue } from './line-cursor.js'
import { arrayOf, floatOf, type Item, itemsType, scalarOf, type WordType } from './value.js'

/** A value with its type; `isFloat`: a scalar written as a float. */
export function pairValue(lexer: Lexer, issue: Issue): { value: InfoValue; isFloat: boolean } {
  const { form } = lexer
  if (form === 'none') {
    issue('bare-key', `"${lexer.key}" has no value and counts as true`, lexer.keyAt, lexer.key)
    return { value: true, isFloat: false }
  }
  if (lexer.key.length === 3 && lexer.key.toLowerCase() === 'uid') return plain(lexer.text)
  const numbers = lexer.numbers()
  if (numbers) return checked(numbers, lexer, issue)
  const { text } = lexer
  switch (form) {
    case 'bare':
      if (lexer.escaped) return plain(text)
      return checked(lexer.commas ? listOf(splitItems(text), text) : scalarOf(text), lexer, issue)
    case 'double':
      if (text.startsWith('_JSON ')) return jsonOf(lexer, issue)
      return checked(lexer.escaped ? plain(text) : wordsOf(text), lexer, issue)
    case 'single':
      return singleOf(lexer, issue)
    case 'brace':
      if (lexer.items.length === 0) return plain(text.trim())
      if (lexer.items.length > 1) return { value: arrayOf(lexer.items, [lexer.items.length]), isFloat: false }
      return lexer.items[0]?.quoted
        ? plain(lexer.items[0].text)
        : checked(scalarOf(lexer.items[0]?.text ?? ''), lexer, issue)
    default:
      if (lexer.shape.length === 0) return plain('')
      return bracketOf(lexer)
  }
}

function plain(value: InfoValue): { value: InfoValue; isFloat: boolean } {
  return { value, isFloat: false }
}

/** `[a b]` without commas is an array only of numbers or booleans. */
function bracketOf(lexer: Lexer): { value: InfoValue; isFloat: boolean } {
  const type = itemsType(lexer.items)
  const words = type === 'string' && lexer.shape.length === 1 && lexer.items.length > 1 && !lexer.text.includes(',')
  return plain(words ? lexer.text.trim() : arrayOf(lexer.items, lexer.shape, type))
}

/** Words separated by blanks, or all by commas: numbers or booleans are an array (one: a scalar), all else is the text. */
function wordsOf(text: string): { value: InfoValue; isFloat: boolean } {
  const trimmed = text.replace(/^[ \t]+|[ \t]+$/g, '')
  if (!/[ \t,]/.test(trimmed)) {
    const scalar = scalarOf(trimmed)
    return typeof scalar.value === 'string' ? plain(text) : scalar
  }
  const words = trimmed.split(trimmed.includes(',') ? /[ \t]*,[ \t]*/ : /[ \t]+/)
  return listOf(
    words.map((word) => ({ text: word, quoted: false })),
    text,
  )
}

function listOf(items: Item[], text: string): { value: InfoValue; isFloat: boolean } {
  const type = itemsType(items)
  if (type === 'string') return plain(text)
  if (items.length === 1) return scalarOf(items[0]?.text ?? '')
  return plain(arrayOf(items, [items.length], type))
}

function splitItems(text: string): Item[] {
  const words = text.split(',').filter((word) => word !== '')
  return words.map((word) => ({ text: word, quoted: false }))
}

/** '3' and 'T F' are typed; 'hello' is a bare word with its apostrophes, 'hello world' a quoted text (with a warning). */
function singleOf(lexer: Lexer, issue: Issue): { value: InfoValue; isFloat: boolean } {
  const typed = wordsOf(lexer.text)
  if (typeof typed.value !== 'string') return checked(typed, lexer, issue)
  if (!/[ \t=",[\]{}\\]/.test(lexer.text)) return plain(`'${lexer.text}'`)
  issue('single-quote', 'text in single quotes; the format has double quotes', lexer.valueAt, lexer.text)
  return plain(lexer.text)
}

function jsonOf(lexer: Lexer, issue: Issue): { value: InfoValue; isFloat: boolean } {
  try {
    return parseJson(lexer.text.slice('_JSON '.length))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    issue('json', `the text after _JSON is no JSON (${error.message}); it is kept as text`, lexer.valueAt, lexer.text)
    return plain(lexer.text)
  }
}

/** Notes a number that its type can't hold: a float that became infinite. */
function checked(result: { value: InfoValue; isFloat: boolean }, lexer: Lexer, issue: Issue): typeof result {
  const { value } = result
  if (typeof value === 'number' ? Number.isFinite(value) : !isNdArray(value) || allFinite(value)) return result
  const word = lexer.text
    .split(/[\s,]+/)
    .find((part) => /\d/.test(part) && Math.abs(floatOf(part)) === Number.POSITIVE_INFINITY)
  if (word !== undefined) issue('number-range', `${word} is beyond the largest float`, lexer.valueAt, word)
  return result
}

/** False if an array of floats has a NaN or an infinity. */
export function allFinite({ dtype, data }: NdArray): boolean {
  if (dtype === 'float64') for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false
  return true
}

/** The type that a text within double quotes is read as. */
export function wordsType(text: string): WordType | 'array' {
  const { value, isFloat } = wordsOf(text)
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'object' ? 'array' : isFloat ? 'float' : 'int'
}
