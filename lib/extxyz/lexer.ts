/**
 * The comment line as raw key=value pairs: where each begins, how it is delimited, and its text without escapes.
 *
 * One pass over a string; nothing is typed here. Three grades: what the format allows, what is accepted with a warning
 * (`issue`), and what is a fault (thrown).
 *
 *     key = bare | "quoted" | 'quoted' | {quoted}        value = bare | "…" | '…' | {…} | […]
 */
import { type ItemArray, readBrace, readBracket } from './array-reader.js'
import {
  BACKSLASH,
  BLANK,
  CLASS,
  COMMA,
  EQUALS,
  type Issue,
  LineCursor,
  LineFault,
  OPEN,
  QUOTE,
} from './line-cursor.js'
import { numbersIn } from './number-words.js'
import type { Item } from './value.js'

/** How a value is delimited; `none` for a key without a value. */
export type Form = 'none' | 'bare' | 'double' | 'single' | 'brace' | 'bracket'

/** The bytes of a line, where each is a character (ASCII): numbers are read from them. */
export interface LineBytes {
  readonly bytes: Uint8Array
  /** The index of the line's first byte. */
  readonly start: number
}

/** Keys of the last lines by their place in the line: frames of one file have the same keys, and a known key costs less. */
const RECENT_KEYS: string[] = new Array<string>(64).fill('')

/** The pairs of a line, one at a time: the fields hold the pair that {@link next} found. */
export class Lexer {
  key = ''
  keyAt = 0
  form: Form = 'none'
  /** Where the value begins (its opening delimiter, if any). */
  valueAt = 0
  /** The value held a backslash. */
  escaped = false
  /** A bare value held a comma. */
  commas = false
  /** The items of a {…} or […] value; of all rows, if it has rows. */
  items: Item[] = []
  /** Of a […] value: [n], or [rows, n]. Empty for `[]`. */
  shape: number[] = []
  readonly #cursor: LineCursor
  readonly #source: LineBytes | undefined
  #pairs = 0
  /** The value's text, or where it stands in the line: it is cut out only when it is asked for. */
  #text: string | undefined
  #textStart = 0
  #textEnd = 0

  constructor(line: string, issue: Issue, source?: LineBytes) {
    this.#cursor = new LineCursor(line, issue)
    this.#source = source
  }

  /** The value without delimiters and escapes. */
  get text(): string {
    this.#text ??= this.#cursor.line.slice(this.#textStart, this.#textEnd)
    return this.#text
  }

  /** The number or numbers that the text is, if it is an unescaped one of plain numbers (else it may still be numbers). */
  numbers(): ReturnType<typeof numbersIn> {
    if (!this.#source || this.#text !== undefined) return undefined
    const { bytes, start } = this.#source
    return numbersIn(bytes, start + this.#textStart, start + this.#textEnd)
  }

  #setSpan(start: number, end: number): void {
    this.#text = undefined
    this.#textStart = start
    this.#textEnd = end
  }

  /** Goes to the next pair; false at the end of the line. Throws {@link LineFault}. */
  next(): boolean {
    const cursor = this.#cursor
    const glued = cursor.at > 0 && !cursor.blankAt(cursor.at - 1) && this.form !== 'bare'
    cursor.skipBlanks()
    if (cursor.at >= cursor.line.length) return false
    this.keyAt = cursor.at
    this.key = this.#readKey()
    const keyEnd = cursor.at
    cursor.skipBlanks()
    this.escaped = false
    this.commas = false
    if (cursor.line.charCodeAt(cursor.at) !== 61) {
      if (glued && this.keyAt > 0 && !cursor.blankAt(this.keyAt - 1)) {
        throw new LineFault('quote', 'text stands directly after a closing quote or bracket', this.keyAt, this.key)
      }
      cursor.at = keyEnd
      this.form = 'none'
      this.#text = ''
      return true
    }
    if (this.key === '')
      throw new LineFault('key', 'a value has no key', this.keyAt, cursor.line.slice(this.keyAt, this.keyAt + 20))
    const equalsAt = cursor.at++
    cursor.skipBlanks()
    this.valueAt = cursor.at
    this.#readValue(equalsAt)
    return true
  }

  #readKey(): string {
    const cursor = this.#cursor
    const pair = this.#pairs++
    const recent = RECENT_KEYS[pair] ?? ''
    if (
      recent !== '' &&
      cursor.line.startsWith(recent, cursor.at) &&
      cursor.line.charCodeAt(cursor.at + recent.length) === 61
    ) {
      cursor.at += recent.length
      return recent
    }
    const opening = cursor.line[cursor.at]
    if (opening === '"' || opening === "'") return cursor.quoted(opening)
    if (opening === '{' || opening === '[') {
      const close = cursor.line.indexOf(opening === '{' ? '}' : ']', cursor.at)
      if (close === -1) throw cursor.unterminated(cursor.at)
      const text = cursor.line.slice(cursor.at + 1, close)
      if (opening === '[') throw new LineFault('key', 'a key is expected, not a bracket', cursor.at, text)
      cursor.at = close + 1
      return text
    }
    const start = cursor.at
    let odd = false
    for (; cursor.at < cursor.line.length; cursor.at++) {
      const kind = CLASS[cursor.line.charCodeAt(cursor.at)] ?? 0
      if (kind === 0) continue
      if (kind === BLANK || kind === EQUALS) break
      if (kind === QUOTE || kind === OPEN) {
        throw new LineFault(
          'quote',
          'a quote or bracket opens inside a key',
          cursor.at,
          cursor.line.slice(start, cursor.at + 1),
        )
      }
      odd = true
      if (kind === BACKSLASH) cursor.at++
    }
    const text = cursor.line.slice(start, cursor.at)
    if (odd) return text.replace(/\\(.)/g, '$1')
    if (pair < RECENT_KEYS.length) RECENT_KEYS[pair] = text
    return text
  }

  #readValue(equalsAt: number): void {
    const cursor = this.#cursor
    switch (cursor.line[cursor.at]) {
      case undefined:
      case '=':
        throw new LineFault('value', `"${this.key}" has no value`, equalsAt, this.key)
      case '"':
        this.form = 'double'
        this.#readDouble()
        return
      case "'":
        this.#singleOrBare(equalsAt)
        return
      case '{':
        this.form = 'brace'
        this.#readArray(readBrace(cursor))
        return
      case '[':
        this.form = 'bracket'
        this.#readArray(readBracket(cursor))
        return
      default:
        this.#readBare(equalsAt)
    }
  }

  #readDouble(): void {
    const cursor = this.#cursor
    const start = cursor.at
    const close = cursor.skipQuoted('"')
    if (!cursor.mayEscape) {
      this.#setSpan(start + 1, close)
      return
    }
    cursor.at = start
    cursor.escaped = false
    this.#text = cursor.quoted('"')
    this.escaped = cursor.escaped
  }

  #readBare(equalsAt: number): void {
    const cursor = this.#cursor
    this.form = 'bare'
    const start = cursor.at
    let oddAt = -1
    for (; cursor.at < cursor.line.length; cursor.at++) {
      const kind = CLASS[cursor.line.charCodeAt(cursor.at)] ?? 0
      if (kind === 0) continue
      if (kind === BLANK) break
      if (kind === QUOTE || kind === OPEN) {
        const empty = cursor.line.charCodeAt(cursor.at - 1) === 61 && start > equalsAt + 1
        if (empty) throw new LineFault('value', `"${this.key}" has no value`, equalsAt, this.key)
        throw new LineFault(
          'quote',
          'a quote or bracket opens inside an unquoted value',
          cursor.at,
          cursor.line.slice(start, cursor.at + 1),
        )
      }
      if (kind === EQUALS && start > equalsAt + 1) {
        throw new LineFault('value', `"${this.key}" has no value`, equalsAt, this.key)
      }
      if (kind === COMMA) this.commas = true
      if (kind === BACKSLASH) {
        this.escaped = true
        if (++cursor.at < cursor.line.length && (CLASS[cursor.line.charCodeAt(cursor.at)] ?? 0) !== 0) continue
      }
      if (oddAt === -1) oddAt = cursor.at
    }
    if (cursor.at > cursor.line.length) cursor.at = cursor.line.length
    this.#setSpan(start, cursor.at)
    const raw = oddAt === -1 && !this.escaped ? '' : this.text
    if (this.escaped) this.#text = raw.replace(/\\(.)/gsu, '$1')
    if (oddAt !== -1) cursor.issue('bare-value', 'an unquoted value holds one of , = ] } \\', oddAt, raw)
  }

  /** 'text' that ends before a blank is a single-quoted value; any other apostrophe belongs to a bare word. */
  #singleOrBare(equalsAt: number): void {
    const cursor = this.#cursor
    const start = cursor.at
    const close = cursor.line.indexOf("'", start + 1)
    const ends = close !== -1 && (close + 1 === cursor.line.length || cursor.blankAt(close + 1))
    if (!ends) {
      if (close === -1 && /[ \t]/.test(cursor.line.slice(start).trimEnd()) && !/=/.test(cursor.line.slice(start))) {
        throw cursor.unterminated(start)
      }
      this.#readBare(equalsAt)
      return
    }
    this.form = 'single'
    this.#text = cursor.line.slice(start + 1, close)
    cursor.at = close + 1
  }

  #readArray({ items, shape, text }: ItemArray): void {
    this.items = items
    this.shape = shape
    this.#text = text
  }
}
