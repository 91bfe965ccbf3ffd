import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inline, type TaskFunction, type TaskReference, task } from 'autopara'
import { describe, expect, expectTypeOf, it } from 'vitest'

const sum = (a: number, b: number): number => a + b
const fetchText = async (url: URL): Promise<string> => url.href

describe('task', () => {
  it('takes URLs, URL strings and paths', () => {
    const absolute = 'file:///some/where/ops.mjs'
    expect(task(new URL(absolute), 'f').target).toEqual({ url: absolute, name: 'f' })
    expect(task(absolute, 'f').target).toEqual({ url: absolute, name: 'f' })
    expect(task('/some/where/ops.mjs', 'f').target).toEqual({ url: absolute, name: 'f' })
    expect(task('./a b.mjs', 'f').target).toEqual({ url: pathToFileURL(resolve('a b.mjs')).href, name: 'f' })
    expect(task('node:path', 'basename').target).toEqual({ url: 'node:path', name: 'basename' })
  })

  it('means the default export when no name is given', () => {
    expect(task('/ops.mjs').target).toMatchObject({ name: 'default' })
  })

  it('refuses what is no URL and no name', () => {
    expect(() => task(1 as never)).toThrow('`url` must be a URL, or a string that is one or a path, got 1 (number)')
    expect(() => task('/ops.mjs', '')).toThrow('`name` must be the name of an export')
  })

  it('says what it refers to', () => {
    expect(String(task('/ops.mjs', 'f'))).toBe('f of file:///ops.mjs')
    expect(String(inline((x: number) => x + 1))).toMatch(/^inline \(x\) => x \+ 1$/)
  })

  it('keeps the types of the function', () => {
    expectTypeOf(task<typeof sum>('/ops.mjs', 'sum')).toEqualTypeOf<TaskReference<[number, number], number>>()
    expectTypeOf(task<typeof fetchText>('/ops.mjs', 'f')).toEqualTypeOf<TaskReference<[URL], string>>()
    expectTypeOf(inline((x: number) => String(x))).toEqualTypeOf<TaskReference<[number], string>>()
  })

  it('is a TaskFunction, as a function is', () => {
    expectTypeOf(sum).toExtend<TaskFunction<[number, number], number>>()
    expectTypeOf(URL).toExtend<TaskFunction<[string], URL>>()
    expectTypeOf(fetchText).toExtend<TaskFunction<[URL], string>>()
    expectTypeOf(task<typeof sum>('/ops.mjs', 'sum')).toExtend<TaskFunction<[number, number], number>>()
    expectTypeOf(task<typeof sum>('/ops.mjs', 'sum')).not.toExtend<TaskFunction<[string], number>>()
  })
})

describe('inline', () => {
  it('keeps the text of the function', () => {
    expect(inline((x: number) => x * x).target).toEqual({ source: '(x) => x * x' })
  })

  it('refuses what is no function', () => {
    expect(() => inline('x => x' as never)).toThrow('`func` must be a function, got "x => x" (string)')
  })
})
