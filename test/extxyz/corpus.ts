/** The conformance cases in test/fixtures/corpus, and how a frame is compared with what a case expects. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Frame } from '../../lib/extxyz/frame.js'

export interface Case {
  id: string
  category: string
  text: string
  note?: string
  expect: { error?: boolean; why?: string; frames: unknown[] }
}

const folder = new URL('../fixtures/corpus/', import.meta.url)

/** Every case of every file. */
export const cases: Case[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Case[])

const TYPES: Record<string, string> = {
  int32: 'array-int',
  int64: 'array-int',
  float64: 'array-float',
  bool: 'array-bool',
  string: 'array-string',
}

/** A frame in the form of the corpus; numbers as text, so that -0, NaN and every bit count. */
export function asExpected(frame: Frame): unknown {
  const entries = (record: Record<string, unknown>): [string, unknown][] =>
    Object.keys(record).map((key) => [key, valueAsExpected(record[key], frame.infoTypes?.[key])])
  const cell = frame.cell ?? new Float64Array(9)
  return {
    natoms: frame.natoms,
    info: entries(frame.info),
    arrays: entries(frame.arrays),
    cell: [0, 3, 6].map((i) => Array.from(cell.subarray(i, i + 3), scalarText)),
    pbc: frame.pbc,
  }
}

/** An expected frame in the same form. */
export function asGiven(expected: unknown): unknown {
  const frame = expected as { natoms: number; info: object; arrays: object; cell: number[][]; pbc: boolean[] }
  const given = (record: object): [string, unknown][] =>
    Object.entries(record).map(([key, value]) => [key, { ...value, value: texts(value.value, value.type) }])
  return {
    natoms: frame.natoms,
    info: given(frame.info),
    arrays: given(frame.arrays),
    cell: frame.cell.map((row) => row.map(scalarText)),
    pbc: frame.pbc,
  }
}

function texts(value: unknown, type: string): unknown {
  if (type === 'json' || type.includes('string')) return value
  return Array.isArray(value) ? value.map((item) => texts(item, type)) : scalarText(value)
}

function scalarText(value: unknown): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function valueAsExpected(value: unknown, hint: string | undefined): unknown {
  if (typeof value === 'object' && value !== null && 'dtype' in value) {
    const { dtype, shape, data } = value as { dtype: string; shape: number[]; data: ArrayLike<unknown> }
    const leaves = Array.from(data, (x) =>
      dtype === 'bool' ? String(x === 1) : dtype === 'string' ? x : scalarText(x),
    )
    return { type: TYPES[dtype], shape, value: nested(leaves, shape) }
  }
  if (typeof value === 'bigint') return { type: 'int', shape: [], value: String(value) }
  if (typeof value === 'number') {
    const isFloat = hint === 'float' || !Number.isInteger(value) || Object.is(value, -0)
    return { type: isFloat ? 'float' : 'int', shape: [], value: scalarText(value) }
  }
  if (typeof value === 'boolean') return { type: 'bool', shape: [], value: String(value) }
  if (typeof value === 'string') return { type: 'string', shape: [], value }
  const bigAsText = (_: string, inner: unknown): unknown => (typeof inner === 'bigint' ? `${inner}n` : inner)
  return { type: 'json', value: JSON.parse(JSON.stringify(value, bigAsText)) }
}

function nested(leaves: unknown[], shape: readonly number[]): unknown {
  if (shape.length <= 1) return leaves
  const rows = shape[0] as number
  const size = leaves.length / Math.max(rows, 1)
  return Array.from({ length: rows }, (_, i) => nested(leaves.slice(i * size, (i + 1) * size), shape.slice(1)))
}
