/**
 * The first line of a frame: one whole number, and what people find there instead.
 */
import type { ExtxyzRule } from './errors.js'
import { decodeText } from './words.js'

/** Why a line is no natoms line. */
export interface NatomsProblem {
  readonly rule: ExtxyzRule
  readonly message: string
  readonly column: number
  readonly token: string
}

/** The number in the line `start` … `end` (without LF; a CR may stand at its end), or what is wrong with it. */
export function readNatoms(bytes: Buffer, start: number, end: number): number | NatomsProblem {
  let p = start
  while (p < end && (bytes[p] === 32 || bytes[p] === 9)) p++
  if (bytes[p] === 43) p++
  const digits = p
  let natoms = 0
  for (; p < end; p++) {
    const digit = bytes[p]! - 48
    if (!(digit >= 0 && digit <= 9)) break
    natoms = natoms * 10 + digit
  }
  const found = p > digits
  while (p < end && (bytes[p] === 32 || bytes[p] === 9)) p++
  if (p < end && p === end - 1 && bytes[p] === 13) p++
  if (found && p === end && Number.isSafeInteger(natoms)) return natoms
  return problemOf(bytes, start, end)
}

function problemOf(bytes: Buffer, start: number, end: number): NatomsProblem {
  const { text } = decodeText(bytes, start, Math.min(end, start + 200))
  const token = text.trim()
  const column = text.length - text.trimStart().length + 1
  const shown = JSON.stringify(token.length > 40 ? `${token.slice(0, 37)}...` : token)
  if (text.includes('\0')) return { rule: 'nul', message: 'a NUL byte: this is no text file', column, token }
  if (token === '') {
    return {
      rule: 'blank-line',
      message: 'a blank line before a frame; the number of atoms is expected',
      column: 1,
      token,
    }
  }
  if (/\r./s.test(text.trimEnd())) {
    return { rule: 'line-end', message: 'lines end in a lone carriage return; LF or CR LF is expected', column, token }
  }
  if (/^VEC\d/.test(token)) {
    return {
      rule: 'dialect',
      message: `${shown}: VECn lines (the ADF dialect) are not extended XYZ; use Lattice`,
      column,
      token,
    }
  }
  if (/^\d{17,}$/.test(token)) return { rule: 'natoms', message: `no file has ${shown} atoms`, column, token }
  return { rule: 'natoms', message: `the number of atoms is expected, got ${shown}`, column, token }
}
