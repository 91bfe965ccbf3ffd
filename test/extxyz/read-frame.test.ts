import { describe, expect, it } from 'vitest'
import { ExtxyzError, type ExtxyzRule, type ExtxyzWarning } from '../../lib/extxyz/errors.js'
import type { Frame } from '../../lib/extxyz/frame.js'
import { parseFrames, readFrame } from '../../lib/extxyz/read-frame.js'
import { asExpected, cases } from './corpus.js'

const PROPERTIES = 'Properties=species:S:1:pos:R:3'

function one(comment: string, rows = 'H 0 0 0\n'): Buffer {
  return Buffer.from(`1\n${comment}\n${rows}`)
}

function fault(bytes: Uint8Array, options = {}): ExtxyzError {
  try {
    parseFrames(bytes, { file: 'x.xyz', ...options })
  } catch (error) {
    if (error instanceof ExtxyzError) return error
    throw error
  }
  throw new Error('no error')
}

function warnings(bytes: Uint8Array): ExtxyzWarning[] {
  const found: ExtxyzWarning[] = []
  parseFrames(bytes, { onWarning: (warning) => found.push(warning) })
  return found
}

describe('errors', () => {
  it.each<[string, string | Buffer, ExtxyzRule, number, number]>([
    ['a word for the number of atoms', 'abc\n\n', 'natoms', 1, 1],
    ['a second token after the number', '1 2\nx\nH 0 0 0\n', 'natoms', 1, 1],
    ['a number that no file has', `${'9'.repeat(30)}\nx\n`, 'natoms', 1, 1],
    ['a missing comment line', '1\n', 'truncated', 2, 1],
    ['missing atom lines', `3\n${PROPERTIES}\nH 0 0 0\n`, 'truncated', 4, 1],
    ['a quote that is not closed', one(`${PROPERTIES} k="abc`), 'quote', 2, 34],
    ['a bracket that is not closed', one(`${PROPERTIES} k=[1, 2`), 'quote', 2, 34],
    ['a key without a value', one(`${PROPERTIES} k= j=1`), 'value', 2, 33],
    ['a value without a key', one(`${PROPERTIES} =1`), 'key', 2, 32],
    ['a ragged array', one(`${PROPERTIES} k=[[1, 2], [3]]`), 'array', 2, 34],
    ['a Lattice of 8', one(`Lattice="1 2 3 4 5 6 7 8" ${PROPERTIES}`), 'lattice', 2, 9],
    ['a pbc of 2', one(`pbc="T T" ${PROPERTIES}`), 'pbc', 2, 5],
    ['an unknown type', one('Properties=species:S:1:pos:Q:3'), 'properties', 2, 24],
    ['a count of 0', one('Properties=species:S:1:pos:R:0'), 'properties', 2, 24],
    ['a property twice', one('Properties=a:S:1:a:R:3'), 'properties', 2, 18],
    ['too few columns', one(PROPERTIES, 'H 0 0\n'), 'columns', 3, 6],
    ['too many columns', one(PROPERTIES, 'H 0 0 0 7\n'), 'columns', 3, 9],
    ['a blank atom line', one(PROPERTIES, '\n'), 'columns', 3, 1],
    ['a word for a real', one(PROPERTIES, 'H 0 x 0\n'), 'real', 3, 5],
    ['a real for an integer', one(`${PROPERTIES}:n:I:1`, 'H 0 0 0 1.5\n'), 'integer', 3, 9],
    ['an integer beyond 64 bits', one(`${PROPERTIES}:n:I:1`, `H 0 0 0 ${2n ** 64n}\n`), 'integer', 3, 9],
    ['a number for a logical', one(`${PROPERTIES}:b:L:1`, 'H 0 0 0 1\n'), 'logical', 3, 9],
    ['species and Z that differ', one(`${PROPERTIES}:Z:I:1`, 'H 0 0 0 2\n'), 'species', 3, 1],
    ['a NUL byte in the comment', one(`${PROPERTIES} k=a\0b`), 'nul', 2, 35],
    ['a NUL byte in a word', one(PROPERTIES, 'H\0 0 0 0\n'), 'nul', 3, 1],
    ['a carriage return in a line', one(PROPERTIES, 'H 0\r0 0 0\n'), 'columns', 3, 4],
    ['lines that end in carriage returns', '1\rcomment\rH 0 0 0\r', 'line-end', 1, 1],
    ['a blank line between frames', `1\nx\nH 0 0 0\n\n1\nx\nH 0 0 0\n`, 'blank-line', 4, 1],
    ['VEC lines', '1\nx\nH 0 0 0\nVEC1 1 0 0\n', 'dialect', 4, 1],
  ])('says what, where and which rule: %s', (_, bytes, rule, line, column) => {
    const error = fault(Buffer.from(bytes))
    expect([error.rule, error.line, error.column]).toEqual([rule, line, column])
    expect(error).toMatchObject({ name: 'ExtxyzError', code: 'AUTOPARA_EXTXYZ', file: 'x.xyz' })
    expect(error.message).toContain(`x.xyz:${line}:${column}, frame`)
    expect(error.message).not.toContain('\n')
    expect(error.token.length).toBeLessThanOrEqual(40)
  })

  it('count columns in characters, not in bytes', () => {
    expect(fault(one(PROPERTIES, 'Hé 0 x 0\n')).column).toBe(6)
    expect(fault(one(`${PROPERTIES} é="abc`)).column).toBe(34)
  })

  it('carry the complete frames before the fault, and its number', () => {
    const error = fault(Buffer.concat([one('step=0'), one('step=1'), one('step=2', 'H 0 0\n')]))
    expect(error.frames.map(({ info }) => info['step'])).toEqual([0, 1])
    expect([error.frame, error.line]).toEqual([2, 9])
  })
})

describe('readFrame', () => {
  it('takes exactly one frame from a byte on', () => {
    const bytes = Buffer.concat([Buffer.from('junk'), one('step=7'), Buffer.from('\n  \n')])
    expect(readFrame(bytes, 4).info['step']).toBe(7)
    expect(() => readFrame(Buffer.concat([one('x'), one('y')]), 0, { line: 11 })).toThrow(/line:14:1, frame 0/)
  })

  it('names the frame and the line that it is told', () => {
    expect(() => readFrame(one(PROPERTIES, 'H 0 0\n'), 0, { file: 'big.xyz', frame: 41, line: 1001 })).toThrow(
      /\(big\.xyz:1003:6, frame 41\)/,
    )
  })

  it('takes a view of a larger buffer, and any Uint8Array', () => {
    const padded = new Uint8Array(100)
    padded.set(one('step=7'), 13)
    expect(readFrame(padded.subarray(13, 13 + one('step=7').length)).info['step']).toBe(7)
  })
})

describe('warnings', () => {
  it.each<[string, ExtxyzRule, number]>([
    ['flag', 'bare-key', 32],
    ['k=a,b', 'bare-value', 35],
    ['k=a=b', 'bare-value', 35],
    ['k=a\\b', 'bare-value', 36],
    ["k='a b'", 'single-quote', 34],
    ['k=[1 2]', 'no-commas', 34],
    ['k=1 k=2', 'duplicate-key', 36],
    ['k=1e400', 'number-range', 34],
    ['k="1 1e400"', 'number-range', 34],
    ['k="_JSON {x"', 'json', 34],
    ['stress=5', 'stress-shape', 39],
  ])('are given for %s, and are errors under strict', (pair, rule, column) => {
    const bytes = one(`${PROPERTIES} ${pair}`)
    const found = warnings(bytes)
    expect(found.map((warning) => [warning.rule, warning.line, warning.column])).toEqual([[rule, 2, column]])
    expect(found[0]?.message).toContain(`line:2:${column}, frame 0`)
    expect(() => parseFrames(bytes, { strict: true })).toThrow(ExtxyzError)
    expect(fault(bytes, { strict: true })).toMatchObject({ rule, line: 2, column })
  })

  it('tell of bytes that are not UTF-8', () => {
    const comment = Buffer.concat([Buffer.from(`1\n${PROPERTIES} k=`), Buffer.of(0xff), Buffer.from('\nH 0 0 0\n')])
    expect(warnings(comment).map(({ rule }) => rule)).toEqual(['encoding'])
    const word = Buffer.concat([
      Buffer.from(`1\n${PROPERTIES}\n`),
      Buffer.of(0xff, 0xfe, 0xfd),
      Buffer.from(' 0 0 0\n'),
    ])
    expect(warnings(word).map(({ rule }) => rule)).toEqual(['encoding'])
    const genuine = Buffer.from(`1\n${PROPERTIES} k=\ufffd\nH 0 0 0\n`)
    expect(warnings(genuine)).toEqual([])
  })

  it('are not given for what the format allows', () => {
    expect(warnings(one(`${PROPERTIES} a=1 b="x y" c=[1, 2] d={1 2} 'e'=1 "f g"=T h='i'`))).toEqual([])
  })
})

describe('keys', () => {
  it('may be names of Object.prototype', () => {
    const [frame] = parseFrames(one(`${PROPERTIES} __proto__=1 constructor=2 toString=3 hasOwnProperty=4`)) as [Frame]
    expect(Object.getPrototypeOf(frame.info)).toBeNull()
    expect(Object.entries(frame.info)).toEqual([['__proto__', 1], ['constructor', 2], ['toString', 3], ['hasOwnProperty', 4]]) // biome-ignore format: pairs
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object)
  })

  it('may be names of Object.prototype in columns and JSON too', () => {
    const comment = `${PROPERTIES}:__proto__:R:1 k="_JSON {\\"__proto__\\": {\\"polluted\\": 1}}"`
    const [frame] = parseFrames(one(comment, 'H 0 0 0 5\n')) as [Frame]
    expect(Object.keys(frame.arrays)).toEqual(['species', 'pos', '__proto__'])
    expect(Object.keys(frame.info['k'] as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('layout', () => {
  it('skips a byte order mark', () => {
    expect(parseFrames(Buffer.from(`\ufeff${one('step=1').toString()}`)).length).toBe(1)
  })

  it.each(cases.filter(({ text }) => !text.includes('\r')).map((one) => [one.id, one] as const))(
    'reads CR LF as LF: %s',
    (_, { text, expect: { error } }) => {
      const [lf, crlf] = [text, text.replaceAll('\n', '\r\n')].map((variant) => {
        try {
          return parseFrames(Buffer.from(variant)).map(asExpected)
        } catch (thrown) {
          return [
            (thrown as ExtxyzError).rule,
            (thrown as ExtxyzError).line,
            (thrown as ExtxyzError).frames.map(asExpected),
          ]
        }
      })
      expect(crlf).toEqual(lf)
      expect(lf !== undefined || error).toBeTruthy()
    },
  )
})
