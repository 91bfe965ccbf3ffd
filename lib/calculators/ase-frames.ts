/** The frames that {@link AseCalculator} and its Python process exchange: a JSON header with its length, then raw arrays. */
import type { Atoms } from '../atoms/atoms.js'
import type { Results } from './calculator.js'

/** Per-atom arrays that ASE's calculators look at. */
const SENT_ARRAYS: readonly string[] = ['tags', 'momenta', 'masses', 'initial_magmoms', 'initial_charges']

/** What Python answers. */
export type Reply =
  | { readonly ok: true; readonly results: readonly (readonly [name: string, kind: string, size: number | boolean])[] }
  | { readonly ok: false; readonly type: string; readonly message: string; readonly traceback: string }

/** A frame: the header, then the bytes of the arrays. */
export function frame(header: object, arrays: readonly ArrayBufferView[] = []): Buffer {
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const blocks = arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))
  return Buffer.concat([length, text, ...blocks])
}

/** The request to compute `properties` (undefined: all) of `atoms`; `moved`: the atoms of the request before, moved. */
export function calculationRequest(atoms: Atoms, properties: readonly string[] | undefined, moved: boolean): Buffer {
  const n = atoms.length
  const listed: [string, string, number[]][] = [
    ['numbers', 'int32', [n]],
    ['positions', 'float64', [n, 3]],
    ['cell', 'float64', [3, 3]],
  ]
  const blocks: ArrayBufferView[] = [atoms.numbers, atoms.positions, atoms.cell]
  for (const name of SENT_ARRAYS) {
    const array = atoms.arrays[name]
    if (array?.dtype !== 'int32' && array?.dtype !== 'float64') continue
    listed.push([name, array.dtype, array.shape])
    blocks.push(array.data)
  }
  const info = Object.entries(atoms.info).filter(([, value]) => ['number', 'string', 'boolean'].includes(typeof value))
  const header = {
    pbc: atoms.pbc,
    properties: properties ?? null,
    moved,
    info: Object.fromEntries(info.filter(([, value]) => typeof value !== 'number' || Number.isFinite(value))),
    arrays: listed,
  }
  return frame(header, blocks)
}

/** Cuts replies out of what comes through a pipe in pieces. */
export class ReplyReader {
  #pieces: Buffer[] = []
  #size = 0

  /** The reply and its results once all of it is there; until then undefined. */
  add(piece: Buffer): { reply: Reply; results: Results } | undefined {
    this.#pieces.push(piece)
    this.#size += piece.length
    if (this.#size < 4) return undefined
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces)
    this.#pieces = [bytes]
    const start = 4 + bytes.readUInt32LE(0)
    if (bytes.length < start) return undefined
    const reply = JSON.parse(bytes.toString('utf8', 4, start)) as Reply
    const listed = reply.ok ? reply.results : []
    const floats = listed.reduce((sum, [, kind, size]) => sum + (kind === 'bool' ? 0 : Number(size)), 0)
    if (bytes.length < start + 8 * floats) return undefined
    this.#pieces = []
    this.#size = 0
    return { reply, results: resultsOf(listed, bytes.subarray(start)) }
  }
}

function resultsOf(listed: (Reply & { ok: true })['results'], bytes: Buffer): Results {
  const results: Results = {}
  // A copy that begins at a multiple of eight.
  const floats = new Float64Array(Math.floor(bytes.length / 8))
  Buffer.from(floats.buffer).set(bytes.subarray(0, 8 * floats.length))
  let at = 0
  for (const [name, kind, size] of listed) {
    if (typeof size === 'boolean') {
      results[name] = size
      continue
    }
    results[name] = kind === 'float' ? floats[at]! : floats.slice(at, at + size)
    at += size
  }
  return results
}
