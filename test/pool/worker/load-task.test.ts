import { describe, expect, it } from 'vitest'
import { loadExport, loadTask } from '../../../build/lib/pool/worker/load-task.js'

const at = (file: string) => new URL(`../../fixtures/tasks/${file}`, import.meta.url).href
const load = (file: string, name: string) => loadTask({ kind: 'module', url: at(file), name })

describe('loadTask', () => {
  it.each([
    ['arithmetic.mjs', 'increment', [1], 2],
    ['arithmetic.mjs', 'sum', [1, 2], 3],
    ['arithmetic.mjs', 'default', [4], 8],
    ['common.cjs', 'default', [1], 101],
    ['common.cjs', 'part', [1], 201],
    ['named.cjs', 'first', [1], 301],
    ['named.cjs', 'second', [1], 401],
  ])('loads from %s the export %s', async (file, name, args, result) => {
    expect((await load(file, name))(...args)).toBe(result)
  })

  it('loads functions of Node', async () => {
    expect((await loadTask({ kind: 'module', url: 'node:path', name: 'basename' }))('/a/b')).toBe('b')
  })

  it('constructs a class, and gives the class itself as an export', async () => {
    expect((await load('arithmetic.mjs', 'Box'))(7)).toEqual({ content: 7 })
    const Box = await loadExport({ kind: 'module', url: at('arithmetic.mjs'), name: 'Box' })
    expect(String(Box)).toMatch(/^class Box/)
  })

  it.each([
    ['arithmetic.mjs', 'missing', 'has no export missing'],
    ['arithmetic.mjs', 'notAFunction', 'must be a function, got number'],
    ['broken.mjs', 'any', "can't be loaded there: Error: broken on purpose"],
    ['absent.mjs', 'any', "can't be loaded there: Error: Cannot find module"],
  ])('rejects from %s the name %s', async (file, name, text) => {
    await expect(load(file, name)).rejects.toMatchObject({
      name: 'TaskFunctionError',
      message: expect.stringContaining(text),
    })
  })

  it('checks that a function found by name is the one that was meant', async () => {
    const spec = { kind: 'module', url: at('arithmetic.mjs'), name: 'sum' } as const
    expect(await loadTask({ ...spec, like: { length: 2 } })).toBeTypeOf('function')
    await expect(loadTask({ ...spec, like: { length: 1 } })).rejects.toThrow('has no export sum that is this function')
    await expect(loadTask({ ...spec, like: { length: 2, text: 'another' } })).rejects.toThrow('that is this function')
  })

  it.each([
    ['(x) => x + 1', 3],
    ['function (x) { return x + 2 }', 4],
    ['function named(x) { return x ? x + 3 : named(1) }', 5],
    ['method(x) { return x + 4 }', 6],
    ['async (x) => x + 5', 7],
    ['async method(x) { return x + 6 }', 8],
    ['(x) => x + 7 // a comment at the end', 9],
    ['async (x) => (await import("node:path")).sep.length + x', 3],
  ])('makes a function of the text %s', async (source, result) => {
    const task = await loadTask({ kind: 'inline', source })
    expect(await task(2)).toBe(result)
  })

  it('gives an inline function none of our variables', async () => {
    const task = await loadTask({ kind: 'inline', source: '() => [typeof spec, typeof require, typeof loadTask]' })
    expect(task()).toEqual(['undefined', 'undefined', 'undefined'])
  })
})
