/**
 * The comment line as raw key=value pairs: where each begins, how it is delimited, and its text without escapes.
 *
 * One pass over a string; nothing is typed here. Three grades: what the format allows, what is accepted with a warning
 * (`issue`), and what is a fault (thrown).
 *
 *     key = bare | "quoted" | 'quoted' | {quoted}        value = bare | "…" | '…' | {…} | […]
 */
import type { ExtxyzRule } from './errors.js'
import type { Item } from './value.js'

/** How a value is delimited; `none` for a key without a value. */
export type Form = 'none' | 'bare' | 'double' | 'single' | 'brace' | 'bracket'

/** A place in the comment line that breaks a rule. */
export class LineFault extends Error {
  readonly rule: ExtxyzRule
  /** Index in the line, from 0. */
  readonly at: number
  readonly token: string
  constructor(rule: ExtxyzRule, message: string, at: number, token = '') {
    super(message)
    this.rule = rule
    this.at = at
    this.token = token
  }
}

/** What takes note of an accepted deviation. */
export type Issue = (rule: ExtxyzRule, message: string, at: number, token: string) => void

const BLANK = 1
const EQUALS = 2
const QUOTE = 3
const OPEN = 4
const CLOSE = 5
const COMMA = 6
const BACKSLASH = 7
const CLASS = new Uint8Array(128)
for (const [chars, kind] of [[' \t', BLANK], ['=', EQUALS], ['"', QUOTE], ['[{', OPEN], [']}', CLOSE], [',', COMMA]] as const) {
  for (const char of chars) CLASS[char.charCodeAt(0)] = kind
}
CLASS[92] = BACKSLASH

/** The pairs of a line, one at a time: the fields hold the pair that {@link next} found. */
export class Lexer {
  readonly line: string
  key = ''
  keyAt = 0
  form: Form = 'none'
  /** Where the value begins (its opening delimiter, if any). */
  valueAt = 0
  /** The value without delimiters and escapes. */
  text = ''
  /** The value held a backslash. */
  escaped = false
  /** A bare value held a comma. */
  commas = false
  /** The items of a {…} or […] value; of all rows, if it has rows. */
  items: Item[] = []
  /** Of a […] value: [n], or [rows, n]. Empty for `[]`. */
  shape: number[] = []
  readonly #issue: Issue
  #at = 0

  constructor(line: string, issue: Issue) {
    this.line = line
    this.#issue = issue
  }

  /** Goes to the next pair; false at the end of the line. Throws {@link LineFault}. */
  next(): boolean {
    const glued = this.#at > 0 && !this.#blankAt(this.#at - 1) && this.form !== 'bare'
    this.#skipBlanks()
    if (this.#at >= this.line.length) return false
    this.keyAt = this.#at
    this.key = this.#readKey()
    const keyEnd = this.#at
    this.#skipBlanks()
    this.escaped = false
    this.commas = false
    if (this.line.charCodeAt(this.#at) !== 61) {
      if (glued && this.keyAt > 0 && !this.#blankAt(this.keyAt - 1)) {
        throw new LineFault('quote', 'text stands directly after a closing quote or bracket', this.keyAt, this.key)
      }
      this.#at = keyEnd
      this.form = 'none'
      this.text = ''
      return true
    }
    if (this.key === '') throw new LineFault('key', 'a value has no key', this.keyAt, this.line.slice(this.keyAt, this.keyAt + 20))
    const equalsAt = this.#at++
    this.#skipBlanks()
    this.valueAt = this.#at
    this.#readValue(equalsAt)
    return true
  }

  #blankAt(at: number): boolean {
    const c = this.line.charCodeAt(at)
    return c === 32 || c === 9
  }

  #skipBlanks(): void {
    while (this.#blankAt(this.#at)) this.#at++
  }

  #readKey(): string {
    const opening = this.line[this.#at]
    if (opening === '"' || opening === "'") return this.#quoted(opening)
    if (opening === '{' || opening === '[') {
      const close = this.line.indexOf(opening === '{' ? '}' : ']', this.#at)
      if (close === -1) throw this.#unterminated(this.#at)
      const text = this.line.slice(this.#at + 1, close)
      if (opening === '[') throw new LineFault('key', 'a key is expected, not a bracket', this.#at, text)
      this.#at = close + 1
      return text
    }
    const start = this.#at
    let odd = false
    for (; this.#at < this.line.length; this.#at++) {
      const kind = CLASS[this.line.charCodeAt(this.#at)] ?? 0
      if (kind === 0) continue
      if (kind === BLANK || kind === EQUALS) break
      if (kind === QUOTE || kind === OPEN) {
        throw new LineFault('quote', 'a quote or bracket opens inside a key', this.#at, this.line.slice(start, this.#at + 1))
      }
      odd = true
      if (kind === BACKSLASH) this.#at++
    }
    const text = this.line.slice(start, this.#at)
    return odd ? text.replace(/\\(.)/g, '$1') : text
  }

  #readValue(equalsAt: number): void {
    switch (this.line[this.#at]) {
      case undefined:
      case '=':
        throw new LineFault('value', `"${this.key}" has no value`, equalsAt, this.key)
      case '"':
        this.form = 'double'
        this.text = this.#quoted('"')
        return
      case "'":
        this.#singleOrBare(equalsAt)
        return
      case '{':
        this.form = 'brace'
        this.#readBrace()
        return
      case '[':
        this.form = 'bracket'
        this.#readBracket()
        return
      default:
        this.#readBare(equalsAt)
    }
  }

  #readBare(equalsAt: number): void {
    this.form = 'bare'
    const start = this.#at
    let oddAt = -1
    for (; this.#at < this.line.length; this.#at++) {
      const kind = CLASS[this.line.charCodeAt(this.#at)] ?? 0
      if (kind === 0) continue
      if (kind === BLANK) break
      if (kind === QUOTE || kind === OPEN) {
        const empty = this.line.charCodeAt(this.#at - 1) === 61 && start > equalsAt + 1
        if (empty) throw new LineFault('value', `"${this.key}" has no value`, equalsAt, this.key)
        throw new LineFault('quote', 'a quote or bracket opens inside an unquoted value', this.#at, this.line.slice(start, this.#at + 1))
      }
      if (kind === EQUALS && start > equalsAt + 1) {
        throw new LineFault('value', `"${this.key}" has no value`, equalsAt, this.key)
      }
      if (kind === COMMA) this.commas = true
      if (kind === BACKSLASH) {
        this.escaped = true
        if (++this.#at < this.line.length && (CLASS[this.line.charCodeAt(this.#at)] ?? 0) !== 0) continue
      }
      if (oddAt === -1) oddAt = this.#at
    }
    if (this.#at > this.line.length) this.#at = this.line.length
    const raw = this.line.slice(start, this.#at)
    this.text = this.escaped ? raw.replace(/\\(.)/gsu, '$1') : raw
    if (oddAt !== -1) this.#issue('bare-value', 'an unquoted value holds one of , = ] } \\', oddAt, raw)
  }

  /** 'text' that ends before a blank is a single-quoted value; any other apostrophe belongs to a bare word. */
  #singleOrBare(equalsAt: number): void {
    const start = this.#at
    const close = this.line.indexOf("'", start + 1)
    const ends = close !== -1 && (close + 1 === this.line.length || this.#blankAt(close + 1))
    if (!ends) {
      if (close === -1 && /[ \t]/.test(this.line.slice(start).trimEnd()) && !/=/.test(this.line.slice(start))) {
        throw this.#unterminated(start)
      }
      this.#readBare(equalsAt)
      return
    }
    this.form = 'single'
    this.text = this.line.slice(start + 1, close)
    this.#at = close + 1
  }

  /** Reads a quoted text with escapes: \n is a newline, any other \c is c (see {@link jsonEscapes} for `_JSON`). */
  #quoted(delimiter: string): string {
    const start = this.#at
    let close = start
    do close = this.line.indexOf(delimiter, close + 1)
    while (close !== -1 && isEscaped(this.line, close))
    if (close === -1) throw this.#unterminated(start)
    this.#at = close + 1
    const raw = this.line.slice(start + 1, close)
    if (!raw.includes('\\')) return raw
    this.escaped = true
    return raw.startsWith('_JSON ') ? jsonEscapes(raw) : raw.replace(/\\([^])/gu, (_, c: string) => (c === 'n' ? '\n' : c))
  }

  #unterminated(at: number): LineFault {
    return new LineFault('quote', `${this.line[at]} is never closed`, at, this.line.slice(at, at + 40))
  }

  #readBrace(): void {
    const start = this.#at++
    this.items = []
    let separated = 0
    for (;;) {
      this.#skipBlanks()
      const char = this.line[this.#at]
      if (char === undefined) throw this.#unterminated(start)
      if (char === '}') break
      if (char === ',') {
        separated++
        this.#at++
      } else this.items.push(this.#item('array', '}'))
    }
    this.text = this.line.slice(start + 1, this.#at++)
    if (separated !== 0 && separated !== this.items.length - 1) {
      throw new LineFault('array', 'items must be separated by blanks, or all by commas', start, this.text)
    }
  }

  #readBracket(): void {
    const start = this.#at
    this.items = []
    this.shape = []
    let after = start + 1
    while (this.#blankAt(after)) after++
    if (this.line[after] === ']') {
      this.#at = after + 1
      this.text = ''
    } else if (this.line[after] === '[') {
      this.#at = after
      this.#readRows(start)
    } else {
      this.shape = [this.#readRow()]
    }
    this.text = this.line.slice(start + 1, this.#at - 1)
  }

  #readRows(start: number): void {
    let rows = 0
    let width = -1
    for (;;) {
      this.#skipBlanks()
      if (this.line[this.#at] !== '[') throw new LineFault('array', 'a row [ … ] is expected', this.#at, this.line.slice(start, this.#at))
      const length = this.#readRow()
      if (width !== -1 && length !== width) {
        throw new LineFault('array', `rows of ${width} and of ${length} items in one array`, start, this.line.slice(start, this.#at))
      }
      width = length
      rows++
      this.#skipBlanks()
      const char = this.line[this.#at]
      if (char === undefined) throw this.#unterminated(start)
      this.#at++
      if (char === ']') break
      if (char !== ',') throw new LineFault('array', 'a comma is missing between rows', this.#at - 1, char)
    }
    this.shape = [rows, width]
  }

  /** `[ item, item ]` or, with a warning, `[item item]`; appends to `items` and gives the number of items. */
  #readRow(): number {
    const start = this.#at++
    const before = this.items.length
    let commas = 0
    let gaps = 0
    for (;;) {
      this.#skipBlanks()
      this.items.push(this.#item('array', ']'))
      const itemEnd = this.#at
      this.#skipBlanks()
      const char = this.line[this.#at]
      if (char === undefined) throw this.#unterminated(start)
      if (char === ']') break
      if (char === ',') {
        commas++
        this.#at++
      } else {
        gaps++
        if (itemEnd === this.#at) throw new LineFault('array', 'a comma is missing', this.#at, char)
      }
    }
    this.#at++
    if (gaps > 0) {
      const token = this.line.slice(start, this.#at)
      if (commas > 0) throw new LineFault('array', 'a comma is missing', start, token)
      this.#issue('no-commas', 'items in [ ] must be separated by commas', start, token)
    }
    return this.items.length - before
  }

  /** One item of an array, up to a blank, a comma or the closing bracket. */
  #item(rule: ExtxyzRule, close: string): Item {
    if (this.line[this.#at] === '"') return { text: this.#quoted('"'), quoted: true }
    const start = this.#at
    for (; this.#at < this.line.length; this.#at++) {
      const kind = CLASS[this.line.charCodeAt(this.#at)] ?? 0
      if (kind === 0) continue
      if (kind === BLANK || kind === COMMA || this.line[this.#at] === close) break
      if (kind === BACKSLASH) this.#at++
      else if (kind !== EQUALS) {
        throw new LineFault(rule, `${this.line[this.#at]} can't stand in an item`, this.#at, this.line.slice(start, this.#at + 1))
      }
    }
    if (this.#at === start && this.#at < this.line.length) {
      throw new LineFault(rule, 'an item is missing', this.#at, this.line[this.#at])
    }
    const text = this.line.slice(start, this.#at)
    return { text: text.includes('\\') ? text.replace(/\\(.)/gsu, '$1') : text, quoted: false }
  }
}

/** True if an odd number of backslashes stands before `at`. */
function isEscaped(line: string, at: number): boolean {
  let p = at
  while (line.charCodeAt(p - 1) === 92) p--
  return (at - p) % 2 === 1
}

/** ASE escapes the quotes of a JSON text and not its backslashes: `\u00e9` in the file is JSON's own escape. */
function jsonEscapes(raw: string): string {
  return raw.replace(/\\(["\\n])/g, (_, c: string) => (c === 'n' ? '\n' : c))
}
