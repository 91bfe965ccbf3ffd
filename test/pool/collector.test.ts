import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Chunk } from '../../lib/pool/chunk.js'
import { ListCollector, StreamCollector } from '../../lib/pool/collector.js'

/** A chunk as far as a collector looks at it. */
function chunkOf(index: number, bytes = 0): Chunk {
  return { index, start: index, count: 1, open: 1, bytes, values: [index] } as unknown as Chunk
}

type Step = 'draw' | 'finish' | 'read' | 'wait'

describe('StreamCollector', () => {
  it.each([true, false])(
    'gives every chunk once, within its window, in any order of events (ordered: %s)',
    (ordered) => {
      fc.assert(
        fc.property(
          fc.record({
            total: fc.integer({ min: 0, max: 40 }),
            window: fc.integer({ min: 1, max: 6 }),
            more: fc.integer({ min: 0, max: 20 }),
            steps: fc.array(fc.tuple(fc.constantFrom<Step>('draw', 'finish', 'read', 'wait'), fc.nat({ max: 50 })), {
              maxLength: 300,
            }),
          }),
          ({ total, window, more, steps }) => {
            const max = window + more
            const collector = new StreamCollector({ chunks: window, maxChunks: max, maxBytes: 1e9 }, ordered)
            const open: Chunk[] = []
            const finished: number[] = []
            const read: number[] = []
            let drawn = 0
            const act = (step: Step, pick: number): void => {
              if (step === 'wait') collector.waiting = pick % 2 === 0
              if (step === 'draw' && drawn < total && collector.room(true) > 0) {
                const chunk = chunkOf(drawn++)
                open.push(chunk)
                collector.opened(chunk)
                if (drawn === total) collector.sourceEnded(undefined)
              }
              if (step === 'finish' && open.length > 0) {
                const [chunk] = open.splice(pick % open.length, 1) as [Chunk]
                chunk.open = 0
                finished.push(chunk.index)
                collector.closed(chunk)
              }
              if (step === 'read') {
                const chunk = collector.take()
                if (chunk) {
                  read.push(chunk.index)
                  collector.read()
                }
              }
              expect(collector.ahead).toBeLessThanOrEqual(max)
              expect(collector.ahead).toBe(drawn - read.length)
            }
            if (total === 0) collector.sourceEnded(undefined)
            for (const [step, pick] of steps) act(step, pick)
            // Whatever happened: a reader that goes on gets all the rest, and then the end.
            while (read.length < total) {
              act('draw', 0)
              act('finish', 0)
              act('read', 0)
            }
            expect(read).toEqual(ordered ? Array.from({ length: total }, (_, i) => i) : finished)
            expect(collector.end).toEqual({})
          },
        ),
      )
    },
  )

  it('draws beyond the first window only for a reader that waits and a worker that would be idle', () => {
    const collector = new StreamCollector({ chunks: 2, maxChunks: 5, maxBytes: 100 }, true)
    collector.opened(chunkOf(0))
    collector.opened(chunkOf(1))
    expect(collector.room(true)).toBe(0)
    collector.waiting = true
    expect(collector.room(false)).toBe(0)
    expect(collector.room(true)).toBe(3)
  })

  it('draws no further when the finished results ahead take too many bytes', () => {
    const collector = new StreamCollector({ chunks: 1, maxChunks: 100, maxBytes: 10 }, true)
    const [head, big] = [chunkOf(0), chunkOf(1, 50)]
    collector.waiting = true
    for (const chunk of [head, big]) collector.opened(chunk)
    expect(collector.room(true)).toBe(98)
    big.open = 0
    collector.closed(big)
    expect(collector.room(true)).toBe(0)
    head.open = 0
    collector.closed(head)
    for (const chunk of [head, big]) {
      expect(collector.take()).toBe(chunk)
      collector.read()
    }
    expect(collector.room(true)).toBe(100)
  })

  it('lifts its window for a join, and rests while its reader does', () => {
    const collector = new StreamCollector({ chunks: 1, maxChunks: 1, maxBytes: 0 }, true)
    collector.opened(chunkOf(0))
    expect(collector.room(true)).toBe(0)
    collector.lift()
    expect(collector.room(false)).toBe(Number.POSITIVE_INFINITY)
    collector.paused = true
    expect(collector.room(true)).toBe(0)
  })

  it('gives what was drawn before the error of its source', () => {
    const collector = new StreamCollector({ chunks: 4, maxChunks: 4, maxBytes: 0 }, true)
    const chunk = chunkOf(0)
    collector.opened(chunk)
    collector.sourceEnded({ error: 'broken' })
    expect(collector.end).toBeUndefined()
    chunk.open = 0
    collector.closed(chunk)
    expect(collector.end).toBeUndefined()
    expect(collector.take()).toBe(chunk)
    expect(collector.end).toEqual({ error: 'broken' })
  })

  it('tells its reader of the chunk at the head, of every one where the order is free, and of an end', () => {
    for (const ordered of [true, false]) {
      const collector = new StreamCollector({ chunks: 4, maxChunks: 4, maxBytes: 0 }, ordered)
      const [head, second] = [chunkOf(0), chunkOf(1)]
      const calls: string[] = []
      let event = ''
      collector.onChange = () => calls.push(event)
      for (const chunk of [head, second]) collector.opened(chunk)
      event = 'second'
      second.open = 0
      collector.closed(second)
      event = 'head'
      head.open = 0
      collector.closed(head)
      event = 'end'
      collector.sourceEnded(undefined)
      event = 'abortion'
      collector.aborted(new Error('over'))
      expect(calls).toEqual(ordered ? ['head', 'end', 'abortion'] : ['second', 'head', 'end', 'abortion'])
    }
  })

  it('ends with the first abortion at once, whatever is under way', () => {
    const collector = new StreamCollector({ chunks: 4, maxChunks: 4, maxBytes: 0 }, true)
    collector.opened(chunkOf(0))
    const first = new Error('first')
    collector.aborted(first)
    collector.aborted(new Error('second'))
    expect(collector.end).toEqual({ error: first })
  })

  it('has no end before its source, nor before what was drawn', () => {
    for (const ordered of [true, false]) {
      const collector = new StreamCollector({ chunks: 4, maxChunks: 4, maxBytes: 0 }, ordered)
      expect(collector.end).toBeUndefined()
      collector.opened(chunkOf(0))
      collector.sourceEnded(undefined)
      expect(collector.end).toBeUndefined()
    }
  })

  it('keeps the program alive while a reader waits', () => {
    const collector = new StreamCollector({ chunks: 1, maxChunks: 1, maxBytes: 0 }, true)
    expect(collector.urgent).toBe(false)
    collector.waiting = true
    expect(collector.urgent).toBe(true)
  })
})

describe('ListCollector', () => {
  function listening(): { collector: ListCollector; chunks: number[]; ends: unknown[] } {
    const chunks: number[] = []
    const ends: unknown[] = []
    const collector = new ListCollector(
      (chunk) => chunks.push(chunk.index),
      (failure) => ends.push(failure),
    )
    return { collector, chunks, ends }
  }

  it('draws without a bound, and ends once, when the source has ended and every chunk is in', () => {
    const { collector, chunks, ends } = listening()
    expect([collector.room(), collector.paused, collector.urgent]).toEqual([Number.POSITIVE_INFINITY, false, true])
    collector.opened()
    collector.closed(chunkOf(0))
    expect(ends).toEqual([])
    collector.opened()
    collector.opened()
    collector.sourceEnded(undefined)
    collector.closed(chunkOf(2))
    expect([ends, collector.urgent]).toEqual([[], true])
    collector.closed(chunkOf(1))
    expect([chunks, ends, collector.urgent]).toEqual([[0, 2, 1], [undefined], false])
    collector.sourceEnded(undefined)
    collector.aborted(new Error('too late'))
    expect(ends).toEqual([undefined])
  })

  it('ends with the error of its source after the last chunk', () => {
    const { collector, ends } = listening()
    collector.opened()
    collector.sourceEnded({ error: 'broken' })
    expect(ends).toEqual([])
    collector.closed(chunkOf(0))
    expect(ends).toEqual([{ error: 'broken' }])
  })

  it('ends with the first abortion at once, and with nothing after it', () => {
    const { collector, ends } = listening()
    const first = new Error('first')
    collector.opened()
    collector.aborted(first)
    collector.aborted(new Error('second'))
    collector.sourceEnded(undefined)
    collector.closed(chunkOf(0))
    expect([ends, collector.urgent]).toEqual([[{ error: first }], false])
  })
})
