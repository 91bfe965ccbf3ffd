/**
 * The comment line: Lattice, pbc, Properties, and everything else as info.
 *
 *     line ── Lexer ──► pairs ── typed here ──► { plan, cell, pbc, info }
 *
 * A line without Properties and Lattice that isn't wholly key=value pairs is a plain-xyz comment, kept as `info.comment`.
 */
import type { InfoValue, NdArray } from '../base/ndarray.js'
import { allFinite, pairValue } from './comment-value.js'
import type { ExtxyzRule } from './errors.js'
import type { InfoTypes } from './frame.js'
import { Lexer, type LineBytes } from './lexer.js'
import { type Issue, LineFault } from './line-cursor.js'
import { type ColumnPlan, defaultPlan, PropertiesFault, parseProperties } from './properties.js'

/** What a comment line says. */
export interface Comment {
  plan: ColumnPlan
  cell: Float64Array | null
  pbc: [boolean, boolean, boolean]
  info: Record<string, InfoValue>
  infoTypes: InfoTypes | undefined
}

/** An accepted deviation: rule, text, index in the line, what stands there. */
export interface LineIssue {
  rule: ExtxyzRule
  message: string
  at: number
  token: string
}

const MARKED = /(?:^|[ \t"\]}])(?:Properties|Lattice)[ \t]*=/

/**
 * Parses a comment line. Accepted deviations are appended to `issues`. `source`: the same line as bytes, for speed only.
 *
 * @throws {LineFault}
 */
export function parseComment(line: string, issues: LineIssue[], source?: LineBytes): Comment {
  const nul = line.indexOf('\0')
  if (nul !== -1) throw new LineFault('nul', 'a NUL byte: this is no text file', nul, '\0')
  const found: LineIssue[] = []
  if (line.startsWith('Lattice=') || line.startsWith('Properties=') || MARKED.test(line)) {
    const comment = parsePairs(line, found, source)
    if (comment.given || found.length === 0) {
      issues.push(...found)
      return comment
    }
    return plainComment(line)
  }
  try {
    const comment = line.trim() === '' ? undefined : parsePairs(line, found, source)
    if (comment && found.every((issue) => !UNGRAMMATICAL.has(issue.rule))) {
      issues.push(...found)
      return comment
    }
  } catch (error) {
    if (!(error instanceof LineFault)) throw error
  }
  return plainComment(line)
}

/** Deviations that make a line without Properties and Lattice a plain comment. */
const UNGRAMMATICAL: ReadonlySet<ExtxyzRule> = new Set<ExtxyzRule>([
  'bare-key',
  'bare-value',
  'single-quote',
  'no-commas',
])

function plainComment(line: string): Comment {
  const info: Record<string, InfoValue> = Object.create(null)
  info['comment'] = line.replace(/^[ \t]+|[ \t]+$/g, '')
  return { plan: defaultPlan(true), cell: null, pbc: [false, false, false], info, infoTypes: undefined }
}

/** The line as pairs; `given`: it has Properties or Lattice. */
function parsePairs(line: string, issues: LineIssue[], source: LineBytes | undefined): Comment & { given: boolean } {
  const issue: Issue = (rule, message, at, token) => issues.push({ rule, message, at, token })
  const lexer = new Lexer(line, issue, source)
  const info: Record<string, InfoValue> = Object.create(null)
  let infoTypes: InfoTypes | undefined
  let plan: ColumnPlan | undefined
  let cell: Float64Array | null = null
  let pbc: [boolean, boolean, boolean] | undefined
  while (lexer.next()) {
    const { key } = lexer
    if (key === 'Properties') {
      if (plan) throw new LineFault('properties', 'Properties is given twice', lexer.keyAt, key)
      plan = planOf(lexer)
      continue
    }
    if (key === 'pbc' && PBC.has(lexer.text) && !pbc) {
      pbc = [...(PBC.get(lexer.text) as [boolean, boolean, boolean])]
      continue
    }
    const { value, isFloat } = pairValue(lexer, issue)
    if (key === 'Lattice') {
      if (cell) issue('duplicate-key', 'Lattice is given twice; the last one counts', lexer.keyAt, key)
      cell = cellOf(value, lexer)
    } else if (key === 'pbc') {
      if (pbc) issue('duplicate-key', 'pbc is given twice; the last one counts', lexer.keyAt, key)
      pbc = pbcOf(value, lexer)
    } else {
      if (key in info) issue('duplicate-key', `"${key}" is given twice; the last one counts`, lexer.keyAt, key)
      info[key] = key === 'stress' || key === 'virial' ? tensorOf(key, value, lexer, issue) : value
      if (isFloat && Number.isInteger(value)) {
        infoTypes ??= Object.create(null) as InfoTypes
        infoTypes[key] = 'float'
      } else if (infoTypes && key in infoTypes) delete infoTypes[key]
    }
  }
  const given = plan !== undefined || cell !== null
  const periodic = cell !== null
  return {
    given,
    plan: plan ?? defaultPlan(!given),
    cell,
    pbc: pbc ?? [periodic, periodic, periodic],
    info,
    infoTypes,
  }
}

function planOf(lexer: Lexer): ColumnPlan {
  try {
    return parseProperties(lexer.form === 'none' ? '' : lexer.text)
  } catch (error) {
    if (!(error instanceof PropertiesFault)) throw error
    throw new LineFault('properties', error.message, lexer.valueAt + error.offset, lexer.text)
  }
}

type Numeric = NdArray & { dtype: 'int32' | 'int64' | 'float64' }

function isNumeric(value: InfoValue): value is Numeric {
  if (typeof value !== 'object' || value === null || !('dtype' in value)) return false
  return value.dtype === 'int32' || value.dtype === 'float64' || value.dtype === 'int64'
}

function cellOf(value: InfoValue, lexer: Lexer): Float64Array {
  if (isNumeric(value) && allFinite(value)) {
    const { shape } = value
    const data =
      value.dtype === 'float64'
        ? value.data
        : new Float64Array(value.dtype === 'int32' ? value.data : Array.from(value.data, Number))
    if (data.length === 9 && (shape.length === 1 || (shape[0] === 3 && shape[1] === 3))) return data
    if (data.length === 3 && shape.length === 1) return Float64Array.of(data[0]!, 0, 0, 0, data[1]!, 0, 0, 0, data[2]!)
  }
  const problem = 'Lattice must be 9 numbers, 3 numbers or 3×3 numbers, all finite'
  throw new LineFault('lattice', problem, lexer.valueAt, lexer.text)
}

/** The spelling that is written; every other one goes the general way. */
const PBC: ReadonlyMap<string, readonly [boolean, boolean, boolean]> = new Map(
  [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
    const flags = [(bits & 4) !== 0, (bits & 2) !== 0, (bits & 1) !== 0] as const
    return [flags.map((flag) => (flag ? 'T' : 'F')).join(' '), flags]
  }),
)

function pbcOf(value: InfoValue, lexer: Lexer): [boolean, boolean, boolean] {
  if (typeof value === 'boolean') return [value, value, value]
  if (value === 0 || value === 1) return [value === 1, value === 1, value === 1]
  if (typeof value === 'object' && value !== null && 'dtype' in value) {
    const { dtype, data } = value as NdArray
    const [a, b, c] = data
    const flags = data.length === 3 && [a, b, c].every((x) => x === 0 || x === 1)
    if ((dtype === 'bool' || dtype === 'int32') && flags) return [a === 1, b === 1, c === 1]
  }
  throw new LineFault('pbc', 'pbc must be three booleans (T or F), or one', lexer.valueAt, lexer.text)
}

/** stress and virial: 9 numbers are a 3×3 matrix in Fortran order, 6 are Voigt's xx yy zz yz xz xy, 3×3 is itself. */
function tensorOf(key: string, value: InfoValue, lexer: Lexer, issue: Issue): InfoValue {
  if (isNumeric(value)) {
    const { shape, data } = value
    if (shape.length === 1 && data.length === 9) {
      const order = [0, 3, 6, 1, 4, 7, 2, 5, 8]
      const folded = data.slice()
      for (let i = 0; i < 9; i++) folded[i] = data[order[i]!]!
      return { ...value, shape: [3, 3], data: folded } as NdArray
    }
    if ((shape.length === 1 && data.length === 6) || (shape.length === 2 && data.length === 9)) return value
  }
  issue('stress-shape', `${key} should be 9 or 6 numbers or 3×3 numbers`, lexer.valueAt, lexer.text)
  return value
}
