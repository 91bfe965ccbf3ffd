/**
 * What a worker sends of the items of a chunk where the output is text: the texts of neighbours as one, so that the parent
 * handles a chunk's text once.
 *
 *     worker   texts [a][b][c] of counts 1, 2, 0  ──►  [1 + "abc", 2, 0]   on the wire   ──►  parent appends "abc", 3 configurations
 */
import type { Produced } from '../configset/produced.js'
import type { Outcome } from '../pool/failure.js'

/**
 * What was made of an item, on the wire. A short text is a string: the item's count as a character, and the text. A number is
 * the count of an item whose text came with that of an item before it.
 */
export type PackedProduced = Produced | string | number

/** What was printed of one item: the length of its text within that of the chunk. */
export interface Printed {
  readonly count: number
  readonly length: number
}

/** Longer texts cross as bytes, without a copy. */
const SHORT = 16 * 1024
/** The largest count that a character of one byte holds. */
const MOST = 255

/** Packs the outcomes of a chunk whose text is `text`. `join` says whether an item's text may come with that of the item before. */
export function packTexts(
  outcomes: readonly Outcome<Printed>[],
  text: Uint8Array,
  join: (item: number) => boolean,
): Outcome<PackedProduced>[] {
  const packed: Outcome<PackedProduced>[] = []
  let offset = 0
  for (let k = 0; k < outcomes.length; ) {
    const first = outcomes[k] as Outcome<Printed>
    if (!first.ok) {
      packed.push(first)
      k++
      continue
    }
    let end = offset + first.value.length
    const counts: number[] = []
    for (k++; k < outcomes.length && join(k); k++) {
      const next = outcomes[k] as Outcome<Printed>
      if (!next.ok) break
      counts.push(next.value.count)
      end += next.value.length
    }
    packed.push({ ok: true, value: packText(text.subarray(offset, end), first.value.count) })
    for (const value of counts) packed.push({ ok: true, value })
    offset = end
  }
  return packed
}

function packText(bytes: Uint8Array, count: number): PackedProduced {
  if (count > MOST || bytes.length > SHORT) return { count, list: false, bytes }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return `${String.fromCharCode(count)}${text}`
}

/** What was made of an item, with the text of those that follow it. */
export function unpackProduced(packed: PackedProduced): Produced {
  if (typeof packed === 'number') return { count: packed, list: false }
  return typeof packed === 'string' ? { count: packed.charCodeAt(0), list: false, bytes: packed.slice(1) } : packed
}

/** The count of an item whose text came with that of the item before it; undefined for any other outcome. */
export function joinedCount(outcome: Outcome<PackedProduced> | undefined): number | undefined {
  return outcome?.ok && typeof outcome.value === 'number' ? outcome.value : undefined
}

/** How many bytes of text there are. */
export function textLength(packed: PackedProduced): number {
  if (typeof packed === 'number') return 0
  return typeof packed === 'string' ? packed.length : (packed.bytes?.length ?? 0)
}
