import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinedCount, packTexts, textLength, unpackProduced } from '../../lib/iterable-loop/packed-texts.js'

/** A text with every kind of byte. */
function textOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, k) => (k * 7) % 256)
}

const lengths = fc.oneof(fc.nat(20), fc.constantFrom(255, 256, 16_384, 16_385, 70_000))
const item = fc.record({ ok: fc.boolean(), count: fc.oneof(fc.nat(3), fc.nat(400)), length: lengths, file: fc.nat(1) })

describe('the texts of a chunk', () => {
  it('come out whole and in order, with their counts, joined only with neighbours of the same file', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const error = new Error('failed')
        const outcomes = items.map(({ ok, count, length }) =>
          ok ? ({ ok, value: { count, length } } as const) : ({ ok, error, attempts: 1 } as const),
        )
        const text = textOf(items.reduce((sum, { ok, length }) => sum + (ok ? length : 0), 0))
        const packed = packTexts(outcomes, text, (k) => items[k]?.file === items[k - 1]?.file)
        expect(packed).toHaveLength(items.length)
        const parts: Buffer[] = []
        for (const [k, outcome] of packed.entries()) {
          expect(outcome.ok).toBe(items[k]?.ok)
          if (!outcome.ok) continue
          const { count, bytes = '' } = unpackProduced(outcome.value)
          expect(count).toBe(items[k]?.count)
          const joined = joinedCount(outcome) !== undefined
          if (joined) expect([items[k - 1]?.ok, items[k - 1]?.file]).toEqual([true, items[k]?.file])
          const part = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)
          expect(textLength(outcome.value)).toBeGreaterThanOrEqual(part.length)
          parts.push(part)
        }
        expect(Buffer.concat(parts).equals(text)).toBe(true)
      }),
    )
  })
})
