/**
 * Which frames of a file: index strings as in ASE and Python (`:`, `-1`, `::10`, `2:8`, `-5:`).
 *
 * A slice that counts from the end needs the number of frames first; {@link needsLength} tells.
 */

import { OptionRangeError } from '../base/errors.js'
import { describe, typeError } from '../base/options.js'

/** A parsed index: one frame, or a slice as Python's `slice(start, stop, step)` with null for what was left out. */
export type FrameIndexSpec =
  | { readonly kind: 'one'; readonly at: number }
  | { readonly kind: 'slice'; readonly start: number | null; readonly stop: number | null; readonly step: number }

const PART = /^\s*([+-]?\d+)?\s*$/

/** Parses an index. Throws OptionTypeError or OptionRangeError (`step` 0, or text that is no index). */
export function parseIndex(index: string | number): FrameIndexSpec {
  if (typeof index === 'number') {
    if (!Number.isInteger(index)) throw typeError('index', 'a whole number or a string such as ":" or "2:8"', index)
    return { kind: 'one', at: index }
  }
  if (typeof index !== 'string') throw typeError('index', 'a whole number or a string such as ":" or "2:8"', index)
  const parts = index.split(':').map((part) => {
    const match = PART.exec(part)
    if (!match || Math.abs(Number(match[1] ?? 0)) > Number.MAX_SAFE_INTEGER) throw malformed(index)
    return match[1] === undefined ? null : Number(match[1])
  })
  if (parts.length === 1) {
    if (parts[0] === null || parts[0] === undefined) throw malformed(index)
    return { kind: 'one', at: parts[0] }
  }
  if (parts.length > 3) throw malformed(index)
  const step = parts[2] ?? 1
  if (step === 0) throw new OptionRangeError(`\`index\` must not have step 0, got ${describe(index)}`)
  return { kind: 'slice', start: parts[0] ?? null, stop: parts[1] ?? null, step }
}

function malformed(index: string): OptionRangeError {
  return new OptionRangeError(
    `\`index\` must be a frame number or a slice such as ":", "-1", "::10" or "2:8", got ${describe(index)}`,
  )
}

/** True if the frames can be told only when the number of frames is known. */
export function needsLength(spec: FrameIndexSpec): boolean {
  if (spec.kind === 'one') return spec.at < 0
  return spec.step < 0 || (spec.start ?? 0) < 0 || (spec.stop ?? 0) < 0
}

/** `[first, end, step]` of a slice that needs no length: frames first, first + step … below end (Infinity: to the last). */
export function forward(spec: FrameIndexSpec): { start: number; stop: number; step: number } {
  if (spec.kind === 'one') return { start: spec.at, stop: spec.at + 1, step: 1 }
  return { start: spec.start ?? 0, stop: spec.stop ?? Number.POSITIVE_INFINITY, step: spec.step }
}

/** The frame numbers, in the order asked for, of a file of `length` frames (Python's `slice.indices`). */
export function* resolve(spec: FrameIndexSpec, length: number): Generator<number> {
  if (spec.kind === 'one') {
    const at = spec.at < 0 ? spec.at + length : spec.at
    if (at >= 0 && at < length) yield at
    return
  }
  const { step } = spec
  const clamp = (value: number | null, fallback: number): number => {
    if (value === null) return fallback
    const at = value < 0 ? value + length : value
    return step > 0 ? Math.min(Math.max(at, 0), length) : Math.min(Math.max(at, -1), length - 1)
  }
  const start = clamp(spec.start, step > 0 ? 0 : length - 1)
  const stop = clamp(spec.stop, step > 0 ? length : -1)
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) yield i
}
