/**
 * Values of the comment line as text that reads back as the same value, here and in ASE.
 *
 * What quotes can't protect (text that looks like a number, an empty text, line ends) and what ASE's reader has no form for (2-D,
 * text and one-element arrays, records, null) goes as `_JSON`, which ASE wrote first; the libAtoms dialect has [ … ] instead.
 */
import { type InfoValue, isNdArray, type NdArray, sizeOf } from '../base/ndarray.js'
import { wordsType } from './comment-value.js'
import { pythonFloat } from './format-number.js'
import type { TextBuffer } from './text-buffer.js'
import { needsWrapper, WRAPPER } from './wrapped-json.js'

/** Whose reader the text is made for. Both are read by this package without loss. */
export type Dialect = 'ase' | 'libatoms'

/** A value that the format can't hold. */
export class UnwritableError extends Error {}

/** The keys seen last: frames of one file have the same ones. */
const KEY_TEXTS = new Map<string, string>()

/** A key, quoted if need be. Throws {@link UnwritableError}. */
export function keyText(key: string): string {
  const known = KEY_TEXTS.get(key)
  if (known !== undefined) return known
  const text = newKeyText(key)
  if (KEY_TEXTS.size >= 1000) KEY_TEXTS.clear()
  KEY_TEXTS.set(key, text)
  return text
}

function newKeyText(key: string): string {
  if (key === '') throw new UnwritableError('the key is empty')
  if (CONTROL.test(key) || !isWellFormed(key))
    throw new UnwritableError('a key must not hold line ends or control characters')
  return BARE.test(key) ? key : quoted(key)
}

const BARE = /^[^\s=",[\]{}\\'\0-\x1f\x7f\x85]+$/
const CONTROL = /[\0-\x08\n-\x1f\x7f\x85\u2028\u2029]/

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function isWellFormed(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text) || Buffer.from(text).toString() === text
}

/** A value; `hint` is the key's entry of infoTypes. Throws {@link UnwritableError}. */
export function valueText(key: string, value: InfoValue, hint: string | undefined, dialect: Dialect): string {
  if (isUid(key)) return uidText(value)
  if (isTensor(key) && (dialect === 'ase' || isNdArray(value))) {
    return tensorText(key, value, dialect)
  }
  switch (typeof value) {
    case 'number':
      return isFloat(value, hint) ? pythonFloat(value) : String(value)
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? 'T' : 'F'
    case 'string':
      return stringText(value, dialect)
  }
  if (isNdArray(value)) {
    checkSize(value)
    return arrayText(value, dialect)
  }
  const json = jsonText(value, '')
  return quoted(`_JSON ${needsWrapper(value) ? `{"${WRAPPER}": ${json}}` : json}`)
}

/** Writes what {@link valueText} gives: floats, which are the most of comment lines, without texts in between. */
export function writeValue(
  out: TextBuffer,
  key: string,
  value: InfoValue,
  hint: string | undefined,
  dialect: Dialect,
): void {
  if (typeof value === 'number' && isFloat(value, hint) && !isTensor(key) && !isUid(key)) out.float(value)
  else if (!writeFloats(out, key, value, dialect)) out.text(valueText(key, value, hint, dialect))
}

/** Writes floats between quotes; false, and nothing written, for another value or one that has another form. */
function writeFloats(out: TextBuffer, key: string, value: InfoValue, dialect: Dialect): boolean {
  if (!isNdArray(value) || value.dtype !== 'float64' || sizeOf(value.shape) !== value.data.length) return false
  if (isTensor(key)) {
    const order = tensorOrder(value, dialect)
    if (order) out.floats(value.data, order)
    return order !== undefined
  }
  if (dialect !== 'ase' || value.shape.length !== 1 || value.data.length < 2 || isUid(key)) return false
  out.floats(value.data)
  return true
}

function isUid(key: string): boolean {
  return key.length === 3 && key.toLowerCase() === 'uid'
}

function isTensor(key: string): boolean {
  return key === 'stress' || key === 'virial'
}

/** True for a number that is to read back as a float, though it may be whole. */
function isFloat(value: number, hint: string | undefined): boolean {
  return hint === 'float' || !Number.isSafeInteger(value) || Object.is(value, -0)
}

/** Readers never type `uid`, and don't look for `_JSON` there. */
function uidText(value: InfoValue): string {
  if (typeof value !== 'string') throw new UnwritableError('uid must be a string; readers never give it another type')
  if (/[\n\r\0]/.test(value) || !isWellFormed(value))
    throw new UnwritableError('uid must not hold line ends or control characters')
  return BARE.test(value) ? value : quoted(value)
}

/** Text that would not be the same text again within quotes. */
function needsProtection(text: string, dialect: Dialect): boolean {
  if (PLAIN_WORD.test(text)) return false
  if (CONTROL.test(text) || !isWellFormed(text) || text.startsWith('_JSON ')) return true
  if (dialect === 'ase') {
    const words = text.split(/[\s,]+/).filter((word) => word !== '')
    if (words.every((word) => PYTHON_NUMBER.test(word)) || words.every((word) => word === 'T' || word === 'F'))
      return true
  }
  return wordsType(text) !== 'string'
}

/** A word that no reader takes for a number or a boolean, whatever its tail is. */
const PLAIN_WORD = /^(?![TtFfNnIi])[A-Za-z][\w-]*$/

/** What Python's int() or float() takes. */
const PYTHON_NUMBER =
  /^[+-]?(?:[\p{Nd}_]+\.?[\p{Nd}_]*|\.[\p{Nd}_]+)(?:[eE][+-]?[\p{Nd}_]+)?$|^[+-]?(?:nan|inf|infinity)$/iu

function stringText(text: string, dialect: Dialect): string {
  if (needsProtection(text, dialect)) {
    const simple = dialect === 'libatoms' && !CONTROL.test(text) && isWellFormed(text) && !text.startsWith('_JSON ')
    return simple ? `{${quoted(text)}}` : quoted(`_JSON ${jsonString(text)}`)
  }
  return BARE.test(text) ? text : quoted(text)
}

function checkSize(array: NdArray): void {
  if (sizeOf(array.shape) !== array.data.length) {
    throw new UnwritableError(`the shape [${array.shape.join(', ')}] does not hold ${array.data.length} items`)
  }
}

function arrayText(array: NdArray, dialect: Dialect): string {
  const { shape, dtype, data } = array
  if (shape.length === 0) return itemText(array, 0)
  if (data.length === 0) {
    if (dtype === 'float64' && shape.indexOf(0) === shape.length - 1) return quoted(`_JSON ${nested(array, 0, 0)}`)
    throw new UnwritableError(`the format has no form for an empty ${dtype} array of shape [${shape.join(', ')}]`)
  }
  const vector = shape.length === 1 && dtype !== 'string'
  if (dialect === 'ase') {
    if (vector && data.length > 1) return `"${itemTexts(array).join(' ')}"`
    return quoted(`_JSON ${nested(array, 0, 0)}`)
  }
  const texts = dtype === 'string' && data.some((text) => CONTROL.test(text) || !isWellFormed(text))
  if (shape.length > 2 || texts) return quoted(`_JSON ${nested(array, 0, 0)}`)
  const items = itemTexts(array)
  if (shape.length === 1) return `[${items.join(', ')}]`
  const width = shape[1] ?? 0
  const rows = Array.from(
    { length: shape[0] ?? 0 },
    (_, i) => `[${items.slice(i * width, (i + 1) * width).join(', ')}]`,
  )
  return `[${rows.join(', ')}]`
}

function itemTexts(array: NdArray): string[] {
  return Array.from({ length: array.data.length }, (_, i) => itemText(array, i))
}

function itemText(array: NdArray, i: number): string {
  switch (array.dtype) {
    case 'float64':
      return pythonFloat(array.data[i]!)
    case 'bool':
      return array.data[i] ? 'T' : 'F'
    case 'string':
      return quoted(array.data[i]!)
    default:
      return String(array.data[i])
  }
}

/** The part of an array from dimension `depth` and element `at` on as a JSON list. */
function nested(array: NdArray, depth: number, at: number): string {
  const { shape, dtype, data } = array
  if (depth === shape.length) {
    const value = data[at]!
    if (dtype === 'float64') return jsonFloat(value as number)
    if (dtype === 'bool') return value ? 'true' : 'false'
    return dtype === 'string' ? jsonString(value as string) : String(value)
  }
  const stride = shape.slice(depth + 1).reduce((product, length) => product * length, 1)
  const parts = Array.from({ length: shape[depth] ?? 0 }, (_, i) => nested(array, depth + 1, at + i * stride))
  return `[${parts.join(', ')}]`
}

function jsonFloat(value: number): string {
  if (Number.isFinite(value)) return pythonFloat(value)
  return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Infinity' : 'Infinity'
}

/** As JSON.stringify, with every control character escaped: Python's text files would split at some of them. */
function jsonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A JSON value as Python writes it. `path` names the place in errors. */
function jsonText(value: unknown, path: string): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'boolean':
      return String(value)
    case 'bigint':
      return String(value)
    case 'string':
      return jsonString(value)
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : jsonFloat(value)
    case 'object':
      break
    default:
      throw new UnwritableError(
        `${path || 'the value'} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`,
      )
  }
  if (path.length > 2000) throw new UnwritableError('the value is nested too deeply, or in a circle')
  if (Array.isArray(value)) return `[${Array.from(value, (item, i) => jsonText(item, `${path}[${i}]`)).join(', ')}]`
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    throw new UnwritableError(`${path || 'the value'} is of class ${(value as object).constructor?.name ?? 'unknown'}`)
  }
  if (isNdArray(value)) return nested(value, 0, 0)
  const record = value as Record<string, unknown>
  return `{${Object.keys(record)
    .map((key) => `${jsonString(key)}: ${jsonText(record[key], `${path}.${key}`)}`)
    .join(', ')}}`
}

/** stress and virial: 9 numbers in Fortran order, the only form that ASE reads; 6 (Voigt) are unfolded for it. */
function tensorText(key: string, value: InfoValue, dialect: Dialect): string {
  if (isNdArray(value) && value.dtype !== 'string' && value.dtype !== 'bool') {
    checkSize(value)
    const order = tensorOrder(value, dialect)
    const items = itemTexts(value)
    if (order) return `"${order.map((i) => items[i]).join(' ')}"`
  }
  if (dialect === 'libatoms' && isNdArray(value)) return arrayText(value, dialect)
  throw new UnwritableError(`${key} must be 3×3 numbers, or 6 (xx yy zz yz xz xy)`)
}

const STRAIGHT_6 = [0, 1, 2, 3, 4, 5]
const STRAIGHT_9 = [0, 1, 2, 3, 4, 5, 6, 7, 8]
const FORTRAN = [0, 3, 6, 1, 4, 7, 2, 5, 8]
const UNFOLDED = [0, 5, 4, 5, 1, 3, 4, 3, 2]

/** Which elements of a tensor are written in turn; undefined for what is none. */
function tensorOrder({ shape, data }: NdArray, dialect: Dialect): readonly number[] | undefined {
  if (data.length === 9 && shape.length === 2 && shape[0] === 3) return FORTRAN
  if (data.length === 9 && shape.length === 1) return STRAIGHT_9
  if (data.length === 6 && shape.length === 1) return dialect === 'ase' ? UNFOLDED : STRAIGHT_6
  return undefined
}
