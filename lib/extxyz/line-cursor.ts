/**
 * A place in the comment line, and the steps that keys, values and items have in common: blanks, and quoted texts.
 */
import type { ExtxyzRule } from './errors.js'

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

export const BLANK = 1
export const EQUALS = 2
export const QUOTE = 3
export const OPEN = 4
export const CLOSE = 5
export const COMMA = 6
export const BACKSLASH = 7
export const CLASS: Uint8Array = new Uint8Array(128)
for (const [chars, kind] of [
  [' \t', BLANK],
  ['=', EQUALS],
  ['"', QUOTE],
  ['[{', OPEN],
  [']}', CLOSE],
  [',', COMMA],
] as const) {
  for (const char of chars) CLASS[char.charCodeAt(0)] = kind
}
CLASS[92] = BACKSLASH

/** A line and the place up to which it was read. */
export class LineCursor {
  readonly line: string
  at = 0
  /** Set when a quoted text held a backslash. */
  escaped = false
  readonly issue: Issue
  /** The line holds a backslash somewhere. */
  readonly mayEscape: boolean

  constructor(line: string, issue: Issue) {
    this.line = line
    this.issue = issue
    this.mayEscape = line.includes('\\')
  }

  blankAt(at: number): boolean {
    const c = this.line.charCodeAt(at)
    return c === 32 || c === 9
  }

  skipBlanks(): void {
    while (this.blankAt(this.at)) this.at++
  }

  /** Goes past a quoted text; gives the index of its closing delimiter. */
  skipQuoted(delimiter: string): number {
    const start = this.at
    let close = start
    do close = this.line.indexOf(delimiter, close + 1)
    while (close !== -1 && this.mayEscape && isEscaped(this.line, close))
    if (close === -1) throw this.unterminated(start)
    this.at = close + 1
    return close
  }

  /** Reads a quoted text with escapes: \n is a newline, any other \c is c (see {@link jsonEscapes} for `_JSON`). */
  quoted(delimiter: string): string {
    const start = this.at + 1
    const raw = this.line.slice(start, this.skipQuoted(delimiter))
    if (!this.mayEscape || !raw.includes('\\')) return raw
    this.escaped = true
    if (raw.startsWith('_JSON ')) return jsonEscapes(raw)
    // a replacement by pattern is much faster than one by function, and newlines are rare
    if (!raw.includes('\\n')) return raw.replace(/\\(.)/gsu, '$1')
    return raw.replace(/\\(.)/gsu, (_, c: string) => (c === 'n' ? '\n' : c))
  }

  unterminated(at: number): LineFault {
    return new LineFault('quote', `${this.line[at]} is never closed`, at, this.line.slice(at, at + 40))
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
