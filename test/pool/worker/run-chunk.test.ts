import { expect, it } from 'vitest'
import type { WorkerLink } from '../../../lib/pool/backend.js'
import { fromColumn, pack, unpack } from '../../../lib/pool/column.js'
import { type Frame, joinFrame } from '../../../lib/pool/frames.js'
import { type Done, decodeFromWorker } from '../../../lib/pool/protocol.js'
import { Outbox } from '../../../lib/pool/worker/outbox.js'
import { type LoadedRecipe, runPiece } from '../../../lib/pool/worker/run-chunk.js'

/** The outcomes that were sent: values, and errors as `name: message`. */
function outcomesOf(frames: readonly Frame[]): unknown[] {
  return frames.flatMap((frame) => {
    const { message, parcels } = decodeFromWorker(joinFrame(frame))
    const { values, errors } = message as Done
    return Array.from(fromColumn(values, parcels), (value, i) => {
      const failure = errors.find(([at, count]) => i >= at && i < at + count)
      return failure ? `${failure[2].name}: ${failure[2].message}` : unpack(value)
    })
  })
}

it.each(['item', 'star', 'chunk'] as const)('4.7 an argument that arrived damaged fails its item: %s', async (mode) => {
  const frames: Frame[] = []
  const link: WorkerLink = { send: (frame) => frames.push(frame), drained: () => undefined, end() {} }
  const outbox = new Outbox(link)
  const one = (x: number[]): number => (x[0] as number) + 1
  const all = (xs: number[][]): unknown[] => xs.map((x) => ({ ok: true, value: one(x) }))
  const task = { item: one, star: (...x: number[]) => one(x), chunk: all }[mode] as LoadedRecipe['task']
  const recipe = { type: 'recipe', id: 1, spec: { kind: 'inline', source: '' }, mode, args: [], seed: null } as const
  const whole = pack([1]) as Uint8Array
  const items = [whole, whole.slice(0, -1), whole]
  const state = { running: true, pieceStart: 0, start: 0, count: 3, seed: null }
  outbox.wanted = false
  // A chunk function has its items as a whole: there each piece is one item here.
  for (const [from, to] of mode === 'chunk'
    ? [
        [0, 1],
        [1, 2],
        [2, 3],
      ]
    : [[0, 3]]) {
    await runPiece({ recipe, task, module: {} } as LoadedRecipe, items, from as number, to as number, outbox, state)
  }
  outbox.flush()
  expect(outcomesOf(frames)).toEqual([2, expect.stringMatching(/Error: /), 2])
})

it('an error that a chunk function returns is described, whatever it is', async () => {
  const frames: Frame[] = []
  const outbox = new Outbox({ send: (frame) => frames.push(frame), drained: () => undefined, end() {} })
  const like = Object.assign(new RangeError('like a record'), { class: 'none', props: 1 })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const task = (): unknown[] => [
    { ok: false, error: like },
    { ok: false, error: proxy },
    { ok: true, value: 3 },
  ]
  const recipe = { type: 'recipe', id: 1, spec: { kind: 'inline', source: '' }, mode: 'chunk', args: [], seed: null }
  const state = { running: true, pieceStart: 0, start: 0, count: 3, seed: null }
  await runPiece({ recipe, task, module: {} } as LoadedRecipe, [1, 2, 3], 0, 3, outbox, state)
  outbox.flush()
  expect(outcomesOf(frames)).toEqual(['RangeError: like a record', ": a value that can't be looked into", 3])
})
