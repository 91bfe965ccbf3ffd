/**
 * JSON as Python writes it (bare NaN, Infinity, -Infinity), where 2 and 2.0 are different types.
 *
 * Homogeneous lists become typed arrays of any rank, as numpy makes them of ASE's `_JSON` values; what is left stays plain.
 * A list in a record of its own (wrapped-json) is the list. Objects have no prototype, so that `__proto__` is a key like any
 * other. Depth is limited, so that junk can't exhaust the stack.
 */
import type { InfoValue, JsonValue, NdArray } from '../base/ndarray.js'
import { integerArray } from './value.js'
import { needsWrapper, WRAPPER } from './wrapped-json.js'

const MAX_DEPTH = 200

/** A number that was written as an integer; kept apart until the arrays are typed. */
class Int {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

type Node = null | boolean | number | string | Int | Node[] | { [key: string]: Node }

/** The value of a JSON text. `isFloat` tells that it is a float scalar. Throws SyntaxError. */
export function parseJson(text: string): { value: InfoValue; isFloat: boolean } {
  const parser = new Parser(text)
  const node = parser.document()
  return { value: typed(node), isFloat: typeof node === 'number' }
}

function typed(node: Node): InfoValue {
  if (Array.isArray(node)) return toNdArray(node) ?? plain(node)
  const value = plain(node)
  return needsWrapper(value) ? ((value as { [key: string]: JsonValue })[WRAPPER] as JsonValue) : value
}

function plain(node: Node): JsonValue {
  if (node instanceof Int) return small(node.value) as JsonValue
  if (Array.isArray(node)) return node.map(plain)
  if (node !== null && typeof node === 'object') {
    const record: { [key: string]: JsonValue } = Object.create(null)
    for (const key of Object.keys(node)) record[key] = plain(node[key] as Node)
    return record
  }
  return node
}

/** A bigint only where a number can't hold it. */
function small(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** A rectangular list of one type as an array (an empty one is float64, as numpy says); otherwise undefined. */
function toNdArray(list: Node[]): NdArray | undefined {
  const shape: number[] = []
  for (let level: Node = list; Array.isArray(level); level = level[0] as Node) shape.push(level.length)
  const flat: Node[] = []
  if (!flatten(list, shape, 0, flat)) return undefined
  const all = (test: (node: Node) => boolean): boolean => flat.every(test)
  if (flat.length === 0) return { dtype: 'float64', shape, data: new Float64Array() }
  if (all((node) => node instanceof Int))
    return integerArray(
      flat.map((node) => (node as Int).value),
      shape,
    )
  if (all((node) => typeof node === 'number' || node instanceof Int)) {
    const data = Float64Array.from(flat, (node) => (node instanceof Int ? Number(node.value) : (node as number)))
    return { dtype: 'float64', shape, data }
  }
  if (all((node) => typeof node === 'boolean')) {
    return { dtype: 'bool', shape, data: Uint8Array.from(flat, (node) => (node === true ? 1 : 0)) }
  }
  if (all((node) => typeof node === 'string')) return { dtype: 'string', shape, data: flat as string[] }
  return undefined
}

/** Appends the leaves in row-major order; false if the list is ragged or holds objects. */
function flatten(list: Node[], shape: number[], depth: number, flat: Node[]): boolean {
  if (list.length !== shape[depth]) return false
  for (const node of list) {
    if (Array.isArray(node) !== depth + 1 < shape.length) return false
    if (Array.isArray(node)) {
      if (!flatten(node, shape, depth + 1, flat)) return false
    } else flat.push(node)
  }
  return true
}

const NUMBER = /-?(?:Infinity|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|NaN/y
const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

class Parser {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  document(): Node {
    const node = this.#value(0)
    if (this.#peek() !== '') throw this.#fault()
    return node
  }

  #fault(): SyntaxError {
    return new SyntaxError(`unexpected ${JSON.stringify(this.#text[this.#at] ?? 'end')} at character ${this.#at + 1}`)
  }

  /** The next character that is no blank. */
  #peek(): string {
    while (this.#at < this.#text.length && ' \t\n\r'.includes(this.#text[this.#at] as string)) this.#at++
    return this.#text[this.#at] ?? ''
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false
    this.#at++
    return true
  }

  #value(depth: number): Node {
    if (depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH}`)
    const char = this.#peek()
    if (char === '[') return this.#list(depth)
    if (char === '{') return this.#object(depth)
    if (char === '"') return this.#string()
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    return this.#number()
  }

  #number(): Node {
    NUMBER.lastIndex = this.#at
    const match = NUMBER.exec(this.#text)
    if (!match) throw this.#fault()
    this.#at += match[0].length
    if (/^-?\d+$/.test(match[0]) && match[0].length <= 1000) return new Int(BigInt(match[0]))
    return Number(match[0])
  }

  #list(depth: number): Node[] {
    const list: Node[] = []
    this.#at++
    if (this.#take(']')) return list
    do list.push(this.#value(depth + 1))
    while (this.#take(','))
    if (!this.#take(']')) throw this.#fault()
    return list
  }

  #object(depth: number): { [key: string]: Node } {
    const record: { [key: string]: Node } = Object.create(null)
    this.#at++
    if (this.#take('}')) return record
    do {
      if (this.#peek() !== '"') throw this.#fault()
      const key = this.#string()
      if (!this.#take(':')) throw this.#fault()
      record[key] = this.#value(depth + 1)
    } while (this.#take(','))
    if (!this.#take('}')) throw this.#fault()
    return record
  }

  /** Control characters stand for themselves: ASE writes `\n` so that a reader has a newline here. */
  #string(): string {
    const parts: string[] = []
    let from = ++this.#at
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined) throw this.#fault()
      if (char !== '"' && char !== '\\') {
        this.#at++
        continue
      }
      parts.push(this.#text.slice(from, this.#at++))
      if (char === '"') return parts.join('')
      parts.push(this.#escape())
      from = this.#at
    }
  }

  #escape(): string {
    const char = this.#text[this.#at++]
    if (char === undefined) throw this.#fault()
    if (char === 'u') {
      const hex = /^[0-9a-fA-F]{4}/.exec(this.#text.slice(this.#at, this.#at + 4))
      if (!hex) throw this.#fault()
      this.#at += 4
      return String.fromCharCode(Number.parseInt(hex[0], 16))
    }
    const special = ESCAPES[char]
    if (special !== undefined) return special
    if (char === '"' || char === '\\' || char === '/') return char
    throw this.#fault()
  }
}
