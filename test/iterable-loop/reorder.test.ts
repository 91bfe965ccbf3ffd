import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Produced } from '../../lib/configset/produced.js'
import { type FinishedChunk, Reorder } from '../../lib/iterable-loop/reorder.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()

function chunkOf(chunk: number, length: number, failed = false): FinishedChunk {
  const bytes = new Uint8Array(length).fill(chunk)
  const value = { count: 1, list: false, bytes }
  const outcome = failed
    ? { ok: false as const, error: new Error(`failed ${chunk}`), attempts: 1 }
    : { ok: true as const, value }
  const items = [{ kind: 'finished', index: 10 * chunk, loc: [0, chunk], file: 0 }] as const
  return { chunk, start: 10 * chunk, outcomes: [outcome], items }
}

describe('Reorder', () => {
  it('gives every chunk once, in order and whole, for any order of finishing and any limit', () => {
    const folder = scratch()
    fc.assert(
      fc.property(
        fc
          .array(fc.record({ length: fc.integer({ min: 0, max: 300 }), failed: fc.boolean() }), {
            minLength: 1,
            maxLength: 30,
          })
          .chain((chunks) =>
            fc.tuple(
              fc.constant(chunks),
              fc.shuffledSubarray([...chunks.keys()], { minLength: chunks.length }),
              fc.integer({ min: 0, max: 5000 }),
            ),
          ),
        ([chunks, order, limit]) => {
          const reorder = new Reorder(folder, limit)
          const given: FinishedChunk[] = []
          for (const k of order) given.push(...reorder.push(chunkOf(k, chunks[k]?.length ?? 0, chunks[k]?.failed)))
          reorder.close()
          expect(given.map(({ chunk }) => chunk)).toEqual([...chunks.keys()])
          for (const { chunk, start, outcomes, items } of given) {
            expect(start).toBe(10 * chunk)
            expect(items).toEqual([{ kind: 'finished', index: start, loc: [0, chunk], file: 0 }])
            const [outcome] = outcomes
            if (chunks[chunk]?.failed)
              expect(outcome).toMatchObject({ ok: false, error: { message: `failed ${chunk}` } })
            else
              expect(outcome?.ok && Buffer.from((outcome.value as Produced).bytes as Uint8Array)).toEqual(
                Buffer.alloc(chunks[chunk]?.length ?? 0, chunk),
              )
          }
        },
      ),
    )
  })

  it('leaves no file behind, not even while it works', () => {
    const folder = scratch()
    const reorder = new Reorder(folder, 10)
    for (const k of [3, 2, 1]) expect([...reorder.push(chunkOf(k, 100))]).toEqual([])
    expect(readdirSync(folder)).toEqual([])
    expect([...reorder.push(chunkOf(0, 100))]).toHaveLength(4)
    reorder.close()
  })
})
