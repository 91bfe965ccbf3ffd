/**
 * Broken files by mutation, and what must hold for each of them: the reader ends with frames or an ExtxyzError, all ways of reading
 * agree, and what was read can be written and is read back the same.
 */
import { isDeepStrictEqual } from 'node:util'
import { parseComment } from '../../lib/extxyz/comment.js'
import { cutFrames } from '../../lib/extxyz/cut-frames.js'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import type { Frame } from '../../lib/extxyz/frame.js'
import { parseFrames } from '../../lib/extxyz/read-frame.js'
import { formatFrame } from '../../lib/extxyz/write-frame.js'
import { uniform } from '../random-numbers.js'
import { asExpected, cases } from './corpus.js'

const SEEDS: readonly Buffer[] = cases.map(({ text }) => Buffer.from(text))
const PIECES: readonly string[] = [
  '"', "'", '{', '}', '[', ']', '[[', ']]', ',', '=', '\\', '\\n', '\\"', ' ', '\t', '\n', '\r', '\r\n', '\0', '_JSON ', 'nan', '-inf',
  '1e400', '1d5', '-0', '007', '9007199254740993', '2147483648', 'T', 'true', 'F F', 'Lattice=', 'pbc=', 'Properties=', 'stress=', 'uid=',
  ':R:3', ':S:1', 'Z:I:1', 'é', '\u00a0', '\u2028', '\ufeff', 'k=', '1', '0', '3', '.', 'e', '-', '+', '#', '__proto__', '0.12345678901234567',
] // biome-ignore format: a list

/** One broken file, the same for the same seed. */
export function mutant(seed: number): Buffer {
  const random = uniform(1 + (seed % 2147483645))
  for (let i = 0; i < 3; i++) random()
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  let bytes = pick(SEEDS)
  if (random() < 0.3) bytes = Buffer.concat([bytes, pick(SEEDS)])
  const count = 1 + Math.floor(random() * 4)
  for (let i = 0; i < count; i++) bytes = mutated(bytes, random, pick)
  return bytes
}

function mutated(bytes: Buffer, random: () => number, pick: <T>(list: readonly T[]) => T): Buffer {
  const at = Math.floor(random() * (bytes.length + 1))
  const to = Math.min(bytes.length, at + 1 + Math.floor(random() ** 3 * 20))
  const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)]
  switch (Math.floor(random() * 7)) {
    case 0:
      return Buffer.concat([before, after])
    case 1:
      return Buffer.concat([before, middle, middle, after])
    case 2:
      return Buffer.concat([before, Buffer.of(Math.floor(random() * 256)), after])
    case 3: {
      const other = pick(SEEDS)
      const from = Math.floor(random() * other.length)
      return Buffer.concat([before, other.subarray(from, from + Math.floor(random() * 40)), after])
    }
    case 4:
      return Buffer.concat([before, after, middle])
    default:
      return Buffer.concat([before, Buffer.from(pick(PIECES)), random() < 0.5 ? middle : Buffer.of(), after])
  }
}

interface Outcome {
  frames: unknown[]
  error: string | undefined
}

function outcome(read: () => Frame[]): Outcome {
  try {
    return { frames: read().map(asExpected), error: undefined }
  } catch (error) {
    if (!(error instanceof ExtxyzError)) throw error
    return { frames: error.frames.map(asExpected), error: `${error.rule} ${error.line}:${error.column}` }
  }
}

function demand(holds: boolean, what: string, facts: unknown): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(facts)}`)
}

/** Throws if anything that must hold for a file does not. */
export async function check(bytes: Buffer, seed: number): Promise<void> {
  const whole = outcome(() => parseFrames(bytes))
  const cut = await readInPieces(bytes, seed)
  // of a frame that is cut off, the reader may first see a fault in the part that is there
  if (cut.error?.startsWith('truncated') && whole.error) cut.error = whole.error
  demand(isDeepStrictEqual(cut, whole), 'a file in pieces is another than the whole', { cut, whole })
  checkComments(bytes)
  for (const frame of framesOf(bytes)) checkWriting(frame)
}

function framesOf(bytes: Buffer): Frame[] {
  try {
    return parseFrames(bytes)
  } catch (error) {
    return (error as ExtxyzError).frames
  }
}

/** The file as a stream of small pieces, cut into frames, each parsed alone. */
async function readInPieces(bytes: Buffer, seed: number): Promise<Outcome> {
  let at = 0
  const random = uniform(7 + (seed % 1000))
  const source = {
    name: 'memory',
    async read(into: Buffer, offset: number, length: number): Promise<number> {
      const count = Math.min(length, 1 + Math.floor(random() * 60))
      const copied = bytes.copy(into, offset, at, at + count)
      at += copied
      return copied
    },
    async close(): Promise<void> {},
  }
  const found: Frame[] = []
  let error: string | undefined
  try {
    for await (const { bytes: one, frame, line } of cutFrames(source)) found.push(...onlyFrame(one, frame, line))
  } catch (thrown) {
    if (!(thrown instanceof ExtxyzError)) throw thrown
    error = `${thrown.rule} ${thrown.line}:${thrown.column}`
  }
  return { frames: found.map(asExpected), error }
}

function onlyFrame(bytes: Uint8Array, frame: number, line: number): Frame[] {
  try {
    return parseFrames(bytes)
  } catch (error) {
    if (!(error instanceof ExtxyzError)) throw error
    // the place in the piece is moved to the place in the file
    throw new ExtxyzError(error.rule, error.message, { frame, line: error.line + line - 1, column: error.column })
  }
}

function checkComments(bytes: Buffer): void {
  for (const line of bytes.toString('latin1').split('\n')) {
    if (/[^ -~\t]/.test(line)) continue
    const read = (source?: { bytes: Buffer; start: number }): unknown => {
      const issues: [] = []
      try {
        const { plan, ...rest } = parseComment(line, issues, source)
        return [plan.text, rest, issues]
      } catch (error) {
        return String(error)
      }
    }
    const fast = read({ bytes: Buffer.from(line), start: 0 })
    demand(isDeepStrictEqual(fast, read()), 'the fast and the slow way differ', { line, fast })
  }
}

function checkWriting(frame: Frame): void {
  for (const dialect of ['ase', 'libatoms'] as const) {
    const tensors = ['stress', 'virial'].some(
      (key) => (frame.info[key] as { shape?: number[] } | undefined)?.shape?.[0] === 6,
    )
    if (tensors && dialect === 'ase') continue
    let text: Uint8Array
    try {
      text = formatFrame(frame, { dialect })
    } catch (error) {
      demand(error instanceof ExtxyzError && error.rule === 'write', 'writing fails', String(error))
      continue
    }
    const back = outcome(() => parseFrames(text, { strict: dialect === 'ase' }))
    const expected = { frames: [asExpected(frame)], error: undefined }
    demand(isDeepStrictEqual(back, expected), `written as ${dialect} and read`, {
      text: Buffer.from(text).toString(),
      back,
      expected,
    })
  }
}
