/**
 * The atom lines of one frame, into typed arrays.
 *
 *     plan [S 1][R 3][I 1]   line  "Si  0.0 1.5 2.5  7"   →   species[i], pos[3i…], tag[i]
 *
 * The kernel reads blocks of lines, and stops at one that holds anything unusual. That line is looked at cell by cell: it is read from
 * the texts, or `rowFault` says what is wrong with it.
 */
import type { NdArray } from '../base/ndarray.js'
import type { ExtxyzRule } from './errors.js'
import { theKernel } from './kernel.js'
import { bigOfText, isBlank, latin1, realOfText, tokenEnd } from './number.js'
import { Patience, WORTH_ASKING } from './patience.js'
import type { ColumnPlan, Property } from './properties.js'
import { BlockReader, type Column } from './read-block.js'
import { BOOLEANS } from './value.js'
import { decodeText, WordCache } from './words.js'

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
  const kernel = theKernel()
  const block = kernel && new BlockReader(kernel, columns, plan, words)
  let p = start
  let row = 0
  const patience = new Patience(WORTH_ASKING)
  while (row < natoms) {
    if (block && patience.isDue) {
      p = block.read(bytes, p, end, row, natoms)
      row += block.rows
      patience.asked(block.rows)
      if (block.rows > 0) continue
    }
    const fault = rowFault(bytes, p, end, row, plan)
    if (fault) return { ok: false, fault }
    p = readRow(bytes, p, end, row++, columns, words)
    patience.without()
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

/** Reads a line without a fault, cell by cell; gives the index behind it. */
function readRow(bytes: Buffer, start: number, end: number, row: number, columns: Column[], words: WordCache): number {
  let p = start
  for (const column of columns) {
    for (let i = row * column.count; i < (row + 1) * column.count; i++) {
      while (bytes[p] === 32 || bytes[p] === 9) p++
      const wordEnd = tokenEnd(bytes, p, end)
      if (column.array.dtype === 'string') column.array.data[i] = words.get(bytes, p, wordEnd)
      else setNumber(column, i, latin1(bytes, p, wordEnd))
      p = wordEnd
    }
  }
  const newline = bytes.indexOf(10, p)
  return newline === -1 || newline >= end ? end : newline + 1
}

/** Sets a cell to what its text means. Integers beyond int32 turn the column into int64. */
function setNumber(column: Column, i: number, text: string): void {
  const { array } = column
  if (array.dtype === 'float64') array.data[i] = realOfText(text)!
  else if (array.dtype === 'bool') array.data[i] = BOOLEANS.get(text) ? 1 : 0
  else if (array.dtype === 'int64') array.data[i] = bigOfText(text)!
  else if (array.dtype === 'int32') {
    const value = bigOfText(text)!
    array.data[i] = Number(value)
    if (BigInt(array.data[i]!) === value) return
    const data = BigInt64Array.from(array.data, BigInt)
    data[i] = value
    column.array = { dtype: 'int64', shape: array.shape, data }
  }
}

/** What is wrong with a line; undefined if nothing is. */
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
    case 'R':
      if (realOfText(latin1(bytes, start, end)) !== undefined) return undefined
      return { rule: 'real', text: `${shown()} in column "${name}" is no real number` }
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
