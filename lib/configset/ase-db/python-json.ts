/**
 * JSON as Python's json module writes it: bare NaN and Infinity, integers of any length, and 2.0 apart from 2.
 *
 * What JavaScript's parser can't tell is wrapped before it sees the text and unwrapped after: {"\0": "2.0"}, with a key
 * of more \0 where the text has that one itself.
 */
import type { JsonValue } from '../../base/ndarray.js'

/** A whole number that was written as a float: 2.0. */
export class WholeFloat {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** What Python's JSON can hold. Objects may have any key, `__proto__` too. */
export type PythonJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | WholeFloat
  | PythonJson[]
  | { [key: string]: PythonJson }

/** A string, which is passed over, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:Infinity|\d[\d.eE+-]*)|NaN/g
/** The only spelling of a zero character in JSON. */
const ZERO = '\\u0000'

/** Parses a text. @throws {SyntaxError} */
export function parsePythonJson(text: string): PythonJson {
  let key = ZERO
  while (text.includes(`"${key}"`)) key += ZERO
  let wrapped = false
  const plain = text.replace(TOKEN, (token) => {
    if (token.startsWith('"')) return token
    const integer = /^-?\d+$/.test(token)
    if (integer ? Number.isSafeInteger(Number(token)) : !Number.isInteger(Number(token)) && !/[NI]/.test(token))
      return token
    wrapped = true
    return `{"${key}":"${token}"}`
  })
  const wrap = '\0'.repeat(key.length / ZERO.length)
  return JSON.parse(plain, wrapped ? (_key, value: unknown) => unwrap(value, wrap) : undefined) as PythonJson
}

function unwrap(value: unknown, wrap: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, wrap)) return value
  const token = (value as Record<string, string>)[wrap] as string
  if (/^-?\d+$/.test(token)) return BigInt(token)
  const number = Number(token)
  return Number.isInteger(number) ? new WholeFloat(number) : number
}

/** Prints a value so that Python reads the same. */
export function formatPythonJson(value: PythonJson): string {
  if (value instanceof WholeFloat) return Object.is(value.value, -0) ? '-0.0' : withPoint(String(value.value))
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) || (Number.isInteger(value) && !Number.isSafeInteger(value))
        ? formatPythonJson(new WholeFloat(value))
        : String(value)
    case 'bigint':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `[${value.map(formatPythonJson).join(',')}]`
      return `{${Object.keys(value)
        .map((key) => `${JSON.stringify(key)}:${formatPythonJson(value[key] as PythonJson)}`)
        .join(',')}}`
    default:
      return JSON.stringify(value)
  }
}

/** 2 as 2.0; 1e+21 is a float already. */
function withPoint(text: string): string {
  return text.includes('e') ? text : `${text}.0`
}

/** The value without the difference of 2.0 and 2. (Integers that no number can hold stay bigint.) */
export function plainJson(value: PythonJson): JsonValue {
  if (value instanceof WholeFloat) return value.value
  if (Array.isArray(value)) return value.map(plainJson)
  if (typeof value !== 'object' || value === null) return value as JsonValue
  const record: { [key: string]: JsonValue } = Object.create(null)
  for (const key of Object.keys(value)) record[key] = plainJson(value[key] as PythonJson)
  return record
}
