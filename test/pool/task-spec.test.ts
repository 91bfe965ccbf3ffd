import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { inline, type TaskFunction, task } from '../../build/lib/index.js'
import { resolveTask } from '../../build/lib/pool/task-spec.js'
import * as arithmetic from '../fixtures/tasks/arithmetic.mjs'
import { lengthOf } from '../transformed/typed.js'

const url = new URL('../fixtures/tasks/arithmetic.mjs', import.meta.url).href
const require = createRequire(import.meta.url)

const ofThisFile = (x: number): number => x

describe('resolveTask', () => {
  it.each<[string, TaskFunction<never[], unknown>]>([
    ['increment', arithmetic.increment],
    ['sum', arithmetic.sum],
    ['slow', arithmetic.slow],
    ['Box', arithmetic.Box],
    ['tenfold', arithmetic.tenfold],
    ['default', arithmetic.default],
    ['twice', arithmetic.twice],
    ['thrice', arithmetic.thrice],
  ])('finds the export %s by identity', async (name, func) => {
    expect(await resolveTask(func)).toEqual({ kind: 'module', url, name })
  })

  it('locates a function once', () => {
    expect(resolveTask(arithmetic.sum)).toBe(resolveTask(arithmetic.sum))
  })

  it('finds exports of CommonJS modules, the whole one and its parts', async () => {
    const whole = require('../fixtures/tasks/common.cjs')
    const named = require('../fixtures/tasks/named.cjs')
    expect(await resolveTask(whole)).toMatchObject({ url: expect.stringMatching(/common\.cjs$/), name: 'default' })
    expect(await resolveTask(whole.part)).toMatchObject({ url: expect.stringMatching(/common\.cjs$/), name: 'part' })
    expect(await resolveTask(named.second)).toMatchObject({ url: expect.stringMatching(/named\.cjs$/), name: 'second' })
  })

  it('looks again for a function that a CommonJS module exports later', async () => {
    const { give, publish } = require('../fixtures/tasks/late-export.cjs')
    await expect(resolveTask(give())).rejects.toThrow('function late is not exported by')
    publish()
    expect(await resolveTask(give())).toMatchObject({ kind: 'module', name: 'late' })
  })

  it('goes by name where a test runner has transformed the module, for the worker to check', async () => {
    expect(await resolveTask(lengthOf)).toEqual({
      kind: 'module',
      url: new URL('../transformed/typed.ts', import.meta.url).href,
      name: 'lengthOf',
      like: { length: 1 },
    })
    expect(await resolveTask(ofThisFile)).toMatchObject({ url: import.meta.url, name: 'ofThisFile' })
  })

  it.each([
    ['hidden', arithmetic.secret()],
    ['method', arithmetic.anObject.method],
    ['sqrt', Math.sqrt],
    ['bound sum', arithmetic.sum.bind(null)],
    ['anonymous', new Function('x', 'return x') as (x: number) => number],
  ])('refuses %s, which no worker could find, with the three ways out', async (name, func) => {
    await expect(resolveTask(func as () => unknown)).rejects.toMatchObject({
      name: 'TaskFunctionError',
      code: 'AUTOPARA_TASK_FUNCTION',
      func: name,
      message: expect.stringMatching(/export it .*task\(url, name\).*inline\(func\)/),
    })
  })

  it.each([null, undefined, 'sum', 1, {}])('throws a TypeError at once for %s', (value) => {
    expect(() => resolveTask(value as never)).toThrow('`func` must be a function, task(…) or inline(…)')
    expect(() => resolveTask(value as never)).toThrow(TypeError)
  })

  it('passes references on as they are', async () => {
    expect(await resolveTask(task(url, 'sum'))).toEqual({ kind: 'module', url, name: 'sum' })
    expect(await resolveTask(inline((x: number) => x))).toEqual({ kind: 'inline', source: '(x) => x' })
  })

  it('leaves the debugger off', async () => {
    const { default: inspector } = await import('node:inspector')
    await resolveTask(arithmetic.slow)
    expect(inspector.url()).toBeUndefined()
  })
})
