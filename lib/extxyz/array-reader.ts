/**
 * The arrays of the comment line: { items }, [ items ] and [ [row], [row] ], as items in their original spelling.
 */
import { BACKSLASH, BLANK, CLASS, COMMA, EQUALS, type LineCursor, LineFault } from './line-cursor.js'
import type { Item } from './value.js'

/** What was read: `shape` is [n] or [rows, n], and empty for `[]` and `{}`. */
export interface ItemArray {
  readonly items: Item[]
  readonly shape: number[]
  /** The text between the brackets. */
  readonly text: string
}

/** Reads `{ … }` from its opening brace. Throws {@link LineFault}. */
export function readBrace(cursor: LineCursor): ItemArray {
  const start = cursor.at++
  const items: Item[] = []
  let commas = 0
  for (;;) {
    cursor.skipBlanks()
    const char = cursor.line[cursor.at]
    if (char === undefined) throw cursor.unterminated(start)
    if (char === '}') break
    if (char === ',') {
      commas++
      cursor.at++
    } else items.push(readItem(cursor, '}'))
  }
  const text = cursor.line.slice(start + 1, cursor.at++)
  if (commas !== 0 && commas !== items.length - 1) {
    throw new LineFault('array', 'items must be separated by blanks, or all by commas', start, text)
  }
  return { items, shape: items.length === 0 ? [] : [items.length], text }
}

/** Reads `[ … ]` from its opening bracket. Throws {@link LineFault}. */
export function readBracket(cursor: LineCursor): ItemArray {
  const start = cursor.at
  const items: Item[] = []
  let shape: number[] = []
  let inner = start + 1
  while (cursor.blankAt(inner)) inner++
  if (cursor.line[inner] === ']') cursor.at = inner + 1
  else if (cursor.line[inner] === '[') {
    cursor.at = inner
    shape = readRows(cursor, start, items)
  } else shape = [readRow(cursor, items)]
  return { items, shape, text: cursor.line.slice(start + 1, cursor.at - 1) }
}

function readRows(cursor: LineCursor, start: number, items: Item[]): [number, number] {
  let rows = 0
  let width = -1
  for (;;) {
    cursor.skipBlanks()
    const soFar = cursor.line.slice(start, cursor.at)
    if (cursor.line[cursor.at] !== '[') throw new LineFault('array', 'a row [ … ] is expected', cursor.at, soFar)
    const length = readRow(cursor, items)
    if (width !== -1 && length !== width) {
      throw new LineFault('array', `rows of ${width} and of ${length} items in one array`, start, soFar)
    }
    width = length
    rows++
    cursor.skipBlanks()
    const char = cursor.line[cursor.at]
    if (char === undefined) throw cursor.unterminated(start)
    cursor.at++
    if (char === ']') return [rows, width]
    if (char !== ',') throw new LineFault('array', 'a comma is missing between rows', cursor.at - 1, char)
  }
}

/** `[ item, item ]` or, with a warning, `[item item]`; appends to `items` and gives the number of items. */
function readRow(cursor: LineCursor, items: Item[]): number {
  const start = cursor.at++
  const before = items.length
  let commas = 0
  let gaps = 0
  for (;;) {
    cursor.skipBlanks()
    if (cursor.at >= cursor.line.length) throw cursor.unterminated(start)
    items.push(readItem(cursor, ']'))
    const itemEnd = cursor.at
    cursor.skipBlanks()
    const char = cursor.line[cursor.at]
    if (char === undefined) throw cursor.unterminated(start)
    if (char === ']') break
    if (char === ',') {
      commas++
      cursor.at++
    } else {
      gaps++
      if (itemEnd === cursor.at) throw new LineFault('array', 'a comma is missing', cursor.at, char)
    }
  }
  cursor.at++
  if (gaps > 0) {
    const token = cursor.line.slice(start, cursor.at)
    if (commas > 0) throw new LineFault('array', 'a comma is missing', start, token)
    cursor.issue('no-commas', 'items in [ ] must be separated by commas', start, token)
  }
  return items.length - before
}

/** One item of an array, up to a blank, a comma or the closing bracket. */
function readItem(cursor: LineCursor, close: string): Item {
  const { line } = cursor
  if (line[cursor.at] === '"') return { text: cursor.quoted('"'), quoted: true }
  const start = cursor.at
  for (; cursor.at < line.length; cursor.at++) {
    const kind = CLASS[line.charCodeAt(cursor.at)] ?? 0
    if (kind === 0) continue
    if (kind === BLANK || kind === COMMA || line[cursor.at] === close) break
    if (kind === BACKSLASH) cursor.at++
    else if (kind !== EQUALS) {
      const token = line.slice(start, cursor.at + 1)
      throw new LineFault('array', `${line[cursor.at]} can't stand in an item`, cursor.at, token)
    }
  }
  if (cursor.at === start) throw new LineFault('array', 'an item is missing', cursor.at, line[cursor.at])
  const text = line.slice(start, cursor.at)
  return { text: text.includes('\\') ? text.replace(/\\(.)/gsu, '$1') : text, quoted: false }
}
