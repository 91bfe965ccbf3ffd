import { describe, expect, it } from 'vitest'
import { checkInitializers } from '../../build/lib/pool/initializers.js'
import { task } from '../../build/lib/pool/task-function.js'
import { increment } from '../fixtures/tasks/arithmetic.mjs'

const worker = { id: 1, generation: 0, serial: 3, name: 'pool', context: 'fork' } as const
const reference = task('/ops.mjs', 'setUp')

describe('the options initializer and initargs', () => {
  it('may be absent', async () => {
    const none = checkInitializers(undefined, undefined)
    expect([none.length, none.hasPlugins, await none.specs()]).toEqual([0, false, []])
  })

  it('take a function with its arguments, as multiprocessing does', async () => {
    expect(await checkInitializers(increment, [1]).specs()).toEqual([
      {
        label: 'increment',
        target: {
          kind: 'task',
          task: { kind: 'module', url: expect.stringMatching(/arithmetic\.mjs$/), name: 'increment' },
        },
        args: [1],
      },
    ])
  })

  it('take a list of entries, each alone or with its arguments', async () => {
    const specs = await checkInitializers(
      [reference, ['limit-threads', 2], 'preload', [increment, 1, 2]],
      undefined,
    ).specs()
    expect(specs.map(({ label, args }) => [label, args])).toEqual([
      ['setUp of file:///ops.mjs', []],
      ['limit-threads', [2]],
      ['preload', []],
      ['increment', [1, 2]],
    ])
  })

  it.each([
    [1, undefined, '`initializer` must be a function, a name, task(…), inline(…), or a list of these, got 1 (number)'],
    ['', undefined, '`initializer` must be a function'],
    [[increment, null], undefined, '`initializer[1]` must be a function'],
    [[[increment], []], undefined, '`initializer[1]` must be a function'],
    [increment, 'x', '`initargs` must be an array, got "x" (string)'],
    [[increment], [1], '`initargs` must be absent for a list of initializers'],
    [undefined, [1], '`initializer` must be a function or a name, since there are initargs'],
  ])('refuse %j with %j', (initializer, initargs, text) => {
    expect(() => checkInitializers(initializer, initargs)).toThrow(text)
    expect(() => checkInitializers(initializer, initargs)).toThrow(TypeError)
  })
})

describe('spawn hooks', () => {
  it('are asked in order, and the later one wins', async () => {
    const initializers = checkInitializers(
      [
        ['limit-threads', 2],
        ['heap-limit', 512],
        ['limit-threads', 3],
      ],
      undefined,
    )
    expect(initializers.hasPlugins).toBe(true)
    await initializers.prepare()
    expect(await initializers.spawnSettings(worker)).toEqual({
      env: expect.objectContaining({ OMP_NUM_THREADS: '3', MKL_NUM_THREADS: '3', UV_THREADPOOL_SIZE: '3' }),
      execArgv: ['--max-old-space-size=512'],
    })
  })

  it('that throw fail the start with the name of the plug-in', async () => {
    const initializers = checkInitializers([['heap-limit', -1]], undefined)
    await initializers.prepare()
    await expect(initializers.spawnSettings(worker)).rejects.toMatchObject({
      name: 'InitializerError',
      code: 'AUTOPARA_INITIALIZER',
      initializer: 'heap-limit',
      message: 'initializer heap-limit failed in spawn: `megabytes` must be a positive integer, got -1 (number)',
    })
  })
})

describe('names', () => {
  it('of nothing at all name what was probably meant', async () => {
    await expect(checkInitializers('limit-thread', undefined).prepare()).rejects.toMatchObject({
      name: 'InitializerError',
      message: expect.stringContaining("did you mean 'limit-threads'?"),
    })
  })

  it('of modules that are no plug-ins are refused', async () => {
    await expect(checkInitializers('data:text/javascript,export const a = 1', undefined).prepare()).rejects.toThrow(
      'must export a function as default',
    )
  })
})
