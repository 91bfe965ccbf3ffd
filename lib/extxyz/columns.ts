/**
 * The atom lines of one frame, into typed arrays: the inner loop of reading.
 *
 *     plan [S 1][R 3][I 1]   line  "Si  0.0 1.5 2.5  7"   →   species[i], pos[3i…], tag[i]
 *
 * One pass over the bytes, line after line, column after column, nothing allocated but the arrays. A fault stops the pass;
 * `rowFault` then looks at the line again to say what is wrong with it, so that the loop itself carries no such care.
 */
import type { NdArray } from '../base/ndarray.js'
import type { ExtxyzRule } from './errors.js'
import { bigOfText, cursor, isBlank, latin1, parseInt32, parseReal, tokenEnd } from './number.js'
import type { ColumnPlan, Property } from './properties.js'
import { readReals } from './read-reals.js'
import { BOOLEANS } from './value.js'
import { decodeText, shortWord, WordCache } from './words.js'

/** A fault in an atom line. */
export interface RowFault {
  readonly rule: ExtxyzRule
  readonly problem: string
  /** The atom's number from 0. */
  readonly row: number
  /** Index of the byte where the line begins. */
  readonly lineStart: number
  /** Index of the byte at fault. */
  readonly at: number
  readonly token: string
}

type Column = { array: NdArray; type: Property['type']; count: number; name: string }

/** What a frame's rows became: arrays by name and where the last line ended, or the first fault. */
export type Rows =
  | { ok: true; arrays: Record<string, NdArray>; end: number; invalidUtf8: boolean }
  | { ok: false; fault: RowFault }

/**
 * Reads `natoms` lines from `start`; `end` is where the bytes end. The caller has checked that there are at least as many bytes
 * as the shortest lines would take, so that the arrays are no larger than a small multiple of the bytes.
 */
export function readRows(bytes: Buffer, start: number, end: number, natoms: number, plan: ColumnPlan): Rows {
  const columns = plan.properties.map((property) => allocate(property, natoms))
  const words = new WordCache()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let p = start
  for (let row = 0; row < natoms; row++) {
    const lineStart = p
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c]!
      p = readColumn(bytes, view, p, end, column, row * column.count, words)
      if (p === -1) return { ok: false, fault: rowFault(bytes, lineStart, end, row, plan)! }
    }
    if (plan.plain) {
      const newline = bytes.indexOf(10, p)
      p = newline === -1 || newline >= end ? end : newline + 1
      continue
    }
    let byte = bytes[p]
    while (byte === 32 || byte === 9) byte = bytes[++p]
    if (byte === 13 && p < end) byte = bytes[++p]
    if (p < end && byte !== 10) return { ok: false, fault: rowFault(bytes, lineStart, end, row, plan)! }
    if (p < end) p++
  }
  const arrays: Record<string, NdArray> = Object.create(null)
  for (const { name, array } of columns) arrays[name] = array
  return { ok: true, arrays, end: p, invalidUtf8: words.invalidUtf8 }
}

function allocate({ name, type, count }: Property, natoms: number): Column {
  const shape = count === 1 ? [natoms] : [natoms, count]
  const size = natoms * count
  return { name, type, count, array: emptyArray(type, shape, size) }
}

function emptyArray(type: Property['type'], shape: number[], size: number): NdArray {
  switch (type) {
    case 'R':
      return { dtype: 'float64', shape, data: new Float64Array(size) }
    case 'I':
      return { dtype: 'int32', shape, data: new Int32Array(size) }
    case 'L':
      return { dtype: 'bool', shape, data: new Uint8Array(size) }
    default:
      return { dtype: 'string', shape, data: new Array<string>(size).fill('') }
  }
}

/** Reads one property of one line into its array from element `at`; gives the place after it, -1 for a fault. */
function readColumn(
  bytes: Buffer,
  view: DataView,
  p: number,
  end: number,
  column: Column,
  at: number,
  words: WordCache,
): number {
  const { array } = column
  switch (array.dtype) {
    case 'float64':
      return readReals(bytes, view, p, end, array.data, at, column.count)
    case 'string':
      return readWords(bytes, p, end, array.data, at, column.count, words)
    case 'bool':
      return readLogicals(bytes, p, end, array.data, at, column.count)
    default:
      return readIntegers(bytes, p, end, column, at)
  }
}

function readWords(
  bytes: Buffer,
  from: number,
  end: number,
  out: string[],
  at: number,
  count: number,
  words: WordCache,
): number {
  let p = from
  for (let i = 0; i < count; i++) {
    let byte = bytes[p]
    while (byte === 32 || byte === 9) byte = bytes[++p]
    const short = shortWord(bytes, p)
    if (short !== undefined) {
      out[at + i] = short
      p += short.length
      continue
    }
    const wordEnd = tokenEnd(bytes, p, end)
    if (wordEnd === p) return -1
    const word = words.get(bytes, p, wordEnd)
    if (word === undefined) return -1
    out[at + i] = word
    p = wordEnd
  }
  return p
}

function readLogicals(bytes: Buffer, from: number, end: number, out: Uint8Array, at: number, count: number): number {
  let p = from
  for (let i = 0; i < count; i++) {
    let byte = bytes[p]
    while (byte === 32 || byte === 9) byte = bytes[++p]
    const wordEnd = tokenEnd(bytes, p, end)
    if (wordEnd === p + 1 && (byte === 84 || byte === 70)) out[at + i] = byte === 84 ? 1 : 0
    else {
      const value = wordEnd - p > 5 ? undefined : BOOLEANS.get(latin1(bytes, p, wordEnd))
      if (value === undefined) return -1
      out[at + i] = value ? 1 : 0
    }
    p = wordEnd
  }
  return p
}

/** Integers beyond int32 turn the column into int64. */
function readIntegers(bytes: Buffer, from: number, end: number, column: Column, at: number): number {
  let p = from
  for (let i = 0; i < column.count; i++) {
    let byte = bytes[p]
    while (byte === 32 || byte === 9) byte = bytes[++p]
    const { array } = column
    const value = parseInt32(bytes, p, end)
    if (cursor.end !== -1) {
      if (array.dtype === 'int32') array.data[at + i] = value
      else if (array.dtype === 'int64') array.data[at + i] = BigInt(value)
      p = cursor.end
      continue
    }
    const wordEnd = tokenEnd(bytes, p, end)
    const big = bigOfText(latin1(bytes, p, wordEnd))
    if (big === undefined || big === null) return -1
    if (array.dtype === 'int32') {
      column.array = { dtype: 'int64', shape: array.shape, data: BigInt64Array.from(array.data, BigInt) }
    }
    ;(column.array.data as BigInt64Array)[at + i] = big
    p = wordEnd
  }
  return p
}

/** What is wrong with a line that {@link readRows} could not read; undefined if nothing is. */
export function rowFault(
  bytes: Buffer,
  lineStart: number,
  end: number,
  row: number,
  plan: ColumnPlan,
): RowFault | undefined {
  const fault = (rule: ExtxyzRule, problem: string, at: number, token = ''): RowFault => ({
    rule,
    problem,
    row,
    lineStart,
    at,
    token,
  })
  let p = lineStart
  let found = 0
  for (const property of plan.properties) {
    for (let i = 0; i < property.count; i++, found++) {
      while (bytes[p] === 32 || bytes[p] === 9) p++
      const wordEnd = tokenEnd(bytes, p, end)
      if (wordEnd === p) return fault('columns', tooFew(found, plan, row), p)
      const problem = wordProblem(bytes, p, wordEnd, property)
      if (problem) return fault(problem.rule, problem.text, p, decodeText(bytes, p, Math.min(wordEnd, p + 200)).text)
      p = wordEnd
    }
  }
  while (bytes[p] === 32 || bytes[p] === 9) p++
  const next = bytes[p]
  if (plan.plain || p >= end || next === 10 || (next === 13 && (p + 1 >= end || bytes[p + 1] === 10))) return undefined
  if (next === 13) return fault('line-end', 'a carriage return inside a line; lines end in LF or CR LF', p)
  const token = decodeText(bytes, p, Math.min(tokenEnd(bytes, p, end), p + 200)).text
  return fault('columns', `atom ${row} has more than the ${plan.columns} columns of Properties`, p, token)
}

function tooFew(found: number, plan: ColumnPlan, row: number): string {
  if (found === 0) return `the line of atom ${row} is blank`
  return `atom ${row} has ${found} columns, Properties has ${plan.columns}`
}

function wordProblem(
  bytes: Buffer,
  start: number,
  end: number,
  { name, type }: Property,
): { rule: ExtxyzRule; text: string } | undefined {
  const shown = (): string => JSON.stringify(decodeText(bytes, start, Math.min(end, start + 40)).text)
  switch (type) {
    case 'R': {
      parseReal(bytes, start, end)
      return cursor.end === -1 ? { rule: 'real', text: `${shown()} in column "${name}" is no real number` } : undefined
    }
    case 'I': {
      const value = bigOfText(latin1(bytes, start, Math.min(end, start + 50)))
      if (value === undefined) return { rule: 'integer', text: `${shown()} in column "${name}" is no integer` }
      return value === null ? { rule: 'integer', text: `${shown()} in column "${name}" is beyond 64 bits` } : undefined
    }
    case 'L':
      if (end - start <= 5 && BOOLEANS.has(latin1(bytes, start, end))) return undefined
      return { rule: 'logical', text: `${shown()} in column "${name}" is no logical value (T or F)` }
    default:
      return bytes.subarray(start, end).includes(0)
        ? { rule: 'nul', text: `a NUL byte in column "${name}": this is no text file` }
        : undefined
  }
}

/** True if only blanks and line ends stand in the bytes. */
export function onlyBlanks(bytes: Buffer, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (!isBlank(bytes[p]!)) return false
  return true
}
