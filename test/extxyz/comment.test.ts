import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseComment } from '../../lib/extxyz/comment.js'
import { uniform } from '../random-numbers.js'
import { cases } from './corpus.js'

/** A comment line read with and without its bytes: the fast and the slow way. */
function bothWays(line: string): [unknown, unknown] {
  const bytes = Buffer.from(`xyz${line}`)
  const read = (source?: { bytes: Uint8Array; start: number }): unknown => {
    const issues: unknown[] = []
    try {
      const { plan, ...rest } = parseComment(line, issues as never, source)
      return { ...rest, plan: plan.text, issues }
    } catch (error) {
      return String(error)
    }
  }
  return [read({ bytes, start: 3 }), read()]
}

describe('parseComment', () => {
  it('reads numbers from bytes as it reads them from text, in every comment line of the corpus', () => {
    for (const { text } of cases) {
      for (const line of text.split('\n')) {
        if (/[^ -~\t]/.test(line)) continue
        const [fast, slow] = bothWays(line)
        if (!isDeepStrictEqual(fast, slow)) expect(fast, line).toEqual(slow)
      }
    }
  })

  it('reads numbers from bytes as it reads them from text, in twenty thousand lines', () => {
    const random = uniform(70)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const word = (): string =>
      pick([
        () => String(Math.floor(random() * 1000) - 500),
        () => String(random() * 10 ** Math.floor(random() * 40 - 20)),
        () => random().toFixed(Math.floor(random() * 20)),
        () =>
          pick([
            '0',
            '-0',
            '+0',
            '00',
            '01',
            '-01.5',
            '1.',
            '.5',
            '.',
            '-',
            '+',
            '1e5',
            '1E+5',
            '1d5',
            '1e',
            'nan',
            '-inf',
            'T',
            'F',
          ]),
        () =>
          pick([
            '2147483647',
            '2147483648',
            '-2147483649',
            '9007199254740993',
            '999999999999999',
            '1000000000000000',
            '1e400',
          ]),
        () => pick(['True', 'abc', '1_0', '0x1', '1.2.3', '1-2', 'T,F', '1,2', 'inf', 'Infinity']),
      ])()
    for (let i = 0; i < 20_000; i++) {
      const words = Array.from({ length: 1 + Math.floor(random() * 4) }, word)
      const line = `k=${pick([words[0] as string, `"${words.join(pick([' ', '  ', ', ', ',', '\t']))}"`, `" ${words.join(' ')} "`, `[${words.join(', ')}]`, `{${words.join(' ')}}`])} Properties=species:S:1`
      const [fast, slow] = bothWays(line)
      if (!isDeepStrictEqual(fast, slow)) expect(fast, line).toEqual(slow)
    }
  })

  it('takes a line without pairs, Properties and Lattice as the comment that it is', () => {
    expect(parseComment('  a water, said "so" ', []).info).toEqual({ comment: 'a water, said "so"' })
  })
})
