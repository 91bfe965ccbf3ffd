import { describe, expect, it } from 'vitest'
import { fixed8Text, pythonFloat, shortestText } from '../../lib/extxyz/format-number.js'
import {
  COLUMNS,
  DATA,
  DONE,
  FIXED,
  INTEGER,
  INTEGERS,
  LONG,
  POWERS,
  PYTHON,
  REAL,
  SHORTEST,
  TEXT,
  TEXT_SIZE,
  WORD,
} from '../../lib/extxyz/kernel/layout.js'
import { putText, theKernel } from '../../lib/extxyz/kernel.js'
import { realOfText } from '../../lib/extxyz/number.js'
import { uniform } from '../random-numbers.js'
import { corners, midpoints, numbers, realTexts } from './number-samples.js'

const kernel = theKernel()!
const line = Buffer.alloc(256)

function put(text: string): number {
  return putText(kernel, line, 0, line.write(text, 'latin1'))
}

/** The number that the kernel reads from a text; undefined where it leaves it. */
function read(text: string): number | undefined {
  return kernel.readNumbers(TEXT, put(text)) === 1 ? kernel.reals[DATA / 8] : undefined
}

/** The first cell of a row, which ends with another one; undefined where the kernel leaves the row. */
function readCell(text: string): number | undefined {
  put(`${text} 7\n`)
  kernel.integers.set([REAL, 1, DATA, 0, INTEGER, 1, DATA + 8], COLUMNS / 4)
  kernel.readRows(TEXT, 1, 2, false)
  return kernel.integers[DONE / 4] === 1 ? kernel.reals[DATA / 8] : undefined
}

/** What the kernel writes; undefined where it leaves the number. */
function written(x: number, style: number): string | undefined {
  kernel.reals[DATA / 8] = x
  const end = style === FIXED ? fixedRow() : kernel.writeNumbers(1, style)
  return end <= TEXT ? undefined : kernel.bytes.toString('latin1', TEXT, end)
}

function fixedRow(): number {
  kernel.integers.set([REAL, 1, DATA], COLUMNS / 4)
  return kernel.writeRows(1, 1, FIXED) - 1
}

/** Fails unless the two are the same number, or the kernel has left it; tells whether it was left. */
function same(text: string, found: number | undefined, expected: number | undefined): number {
  if (found === undefined) return 1
  if (!Object.is(found, expected)) expect([text, found]).toEqual([text, expected])
  return 0
}

/** Columns as programs write them: padded to 16 behind one blank or two, with 8 to 17 digits, of every size. */
function* columns(count: number): Generator<string> {
  const random = uniform(40)
  for (let i = 0; i < count; i++) {
    const x = (random() - 0.5) * 10 ** Math.floor(random() * 9 - 2)
    switch (i % 5) {
      case 0:
      case 1:
        yield ` ${x.toFixed(8).padStart(16)}`
        break
      case 2:
        yield `  ${x.toFixed(8).padStart(16)}`
        break
      case 3:
        yield ` ${x.toFixed(Math.floor(random() * 19))}`
        break
      default:
        yield `${' '.repeat(Math.floor(random() * 9))}${x}`
    }
  }
}

const firstWord = (text: string): string => /^[ \t]*([^ \t\n\r]*)/.exec(text)?.[1] ?? ''

describe('powers of ten', () => {
  it('are exact up to 10^55, and rounded up below 1', () => {
    for (let e = -55; e <= 55; e++) {
      const [high, low] = [0, 8].map((offset) =>
        BigInt.asUintN(64, kernel.longs[(POWERS + (e + 55) * 16 + offset) / 8]!),
      )
      const power = 10n ** BigInt(Math.abs(e))
      const length = BigInt(power.toString(2).length)
      const expected = e >= 0 ? power << (128n - length) : ((1n << (127n + length)) + power - 1n) / power
      // a negative power of a number of n bits has 128 bits behind 127 + n places, or 129 of which the last is not needed
      expect([e, (high! << 64n) | low!]).toEqual([e, e < 0 && expected >> 128n ? expected >> 1n : expected])
    }
  })
})

describe('reading numbers', () => {
  it('gives the same bits as Number for 400,000 texts of every style, and leaves few', () => {
    let left = 0
    for (const text of realTexts(400_000)) {
      if (!/^[+-]?0\d/.test(text)) left += same(text, read(text), Number(text))
    }
    // random bits, and more than 19 digits
    expect(left).toBeLessThan(120_000)
  })

  it('rounds texts next to the middle of two doubles as Number does', () => {
    let left = 0
    for (const text of midpoints(20_000)) left += same(text, readCell(text), Number(text))
    expect(left).toBeLessThan(60_000)
  })

  it('gives the same bits as Number for 200,000 columns, and leaves none of up to 19 digits', () => {
    for (const column of columns(200_000)) {
      const left = same(column, readCell(column), realOfText(column.trim()))
      if (left > 0 && column.replace(/^[ .0-]*|\./g, '').length <= 19) expect(column).toBe('read')
    }
  })

  it('takes for a number what Number takes for one, in 200,000 columns with a wrong byte', () => {
    const random = uniform(41)
    const bytes = ' -+.0123456789eEdDxX:;,/\t\nPp@`\u00b0\u00ff'
    for (const column of columns(200_000)) {
      const at = Math.floor(random() * column.length)
      const text = column.slice(0, at) + bytes[Math.floor(random() * bytes.length)] + column.slice(at + 1)
      same(text, readCell(text), realOfText(firstWord(text)))
    }
  })

  it.each([
    ['1.5d3', 1500],
    ['1.5D-3', 0.0015],
    ['-0.000', -0],
    ['+.5', 0.5],
    ['5.', 5],
    ['1e22', 1e22],
    ['0.0000000000000000000012345678901234567', 1.2345678901234566e-21],
    ['123456789012345678', 123456789012345680],
    ['9007199254740993.0', 9007199254740992],
  ])('reads %s in a row', (text, value) => {
    expect(readCell(text)).toBe(value)
  })

  it.each(['nan', 'inf', '12345678901234567890', '1e-60', '1e400', '1,5', '-', '.', '1e', '1.2.3', '0x1', ''])(
    'leaves %j',
    (text) => {
      expect(readCell(text)).toBeUndefined()
    },
  )

  it('tells whether all were integers, and leaves what is none or too long', () => {
    const numbersOf = (text: string) => {
      const count = kernel.readNumbers(TEXT, put(text))
      return [kernel.integers[INTEGERS / 4], ...kernel.reals.slice(DATA / 8, DATA / 8 + count)]
    }
    expect(numbersOf(' 1 -2\t3 ')).toEqual([1, 1, -2, 3])
    expect(numbersOf('1 2.5')).toEqual([0, 1, 2.5])
    for (const text of ['1 007', '1 x', '1,2', '1 1234567890123456', '']) {
      expect([text, kernel.readNumbers(TEXT, put(text))]).toEqual([text, 0])
    }
  })
})

describe('reading rows', () => {
  it('stops behind the last row that it can read', () => {
    const rows = 'Cu 1\nH -2\nO 3000000000\nO 4\n'
    put(rows)
    kernel.integers.set([WORD, 1, DATA, 0, INTEGER, 1, DATA + 100], COLUMNS / 4)
    expect(kernel.readRows(TEXT, 4, 2, false)).toBe(TEXT + rows.indexOf('O 3'))
    expect([...kernel.integers.subarray((DATA + 100) / 4).subarray(0, 2)]).toEqual([1, -2])
    expect([...kernel.integers.subarray(DATA / 4).subarray(0, 4)]).toEqual([TEXT, 2, TEXT + 5, 1])
    expect(kernel.integers[DONE / 4]).toBe(2)
  })

  it.each(['Cu 1', 'Cu 1 2\n', 'Cu\n', '\n', 'Cu 1\r2\n', 'C\0 1\n', 'Cu 1.0\n', 'Cu 1x\n'])('leaves %j', (text) => {
    put(text)
    kernel.integers.set([WORD, 1, DATA, 0, INTEGER, 1, DATA + 100], COLUMNS / 4)
    expect(kernel.readRows(TEXT, 1, 2, false)).toBe(TEXT)
    expect(kernel.integers[DONE / 4]).toBe(0)
  })
})

describe('scanning frames', () => {
  /** The ends and atom counts of the frames that the kernel finds in a text. */
  function scan(text: string): [number, number][] {
    const bytes = Buffer.from(text, 'latin1')
    const count = kernel.scanFrames(TEXT, putText(kernel, bytes, 0, bytes.length))
    const found = kernel.integers.subarray(DATA / 4)
    return Array.from({ length: count }, (_, i) => [found[2 * i]!, found[2 * i + 1]!])
  }

  it('finds each of frames whose lines have every length, at every place', () => {
    const random = uniform(70)
    for (let round = 0; round < 300; round++) {
      let text = ''
      const expected: [number, number][] = []
      for (let frame = 0; frame < 20; frame++) {
        const natoms = Math.floor(random() * 40)
        text += `${natoms}\n`
        for (let row = 0; row <= natoms; row++) text += `${'x'.repeat(Math.floor(random() ** 3 * 50))}\n`
        expected.push([text.length, natoms])
      }
      expect(scan(text)).toEqual(expected)
      const cut = Math.floor(random() * text.length)
      expect(scan(text.slice(0, cut))).toEqual(expected.filter(([end]) => end <= cut))
    }
  })

  it.each([' 1 \r\n\nCu\n', '\t1\nc\nCu\n', '001\nc\nCu\n'])('takes %j for a frame', (text) => {
    expect(scan(text + text)).toEqual([
      [text.length, 1],
      [2 * text.length, 1],
    ])
  })

  it.each(['+1\nc\nCu\n', '1 2\nc\nCu\n', 'x\nc\n', '\n\n', '1\r2\nc\nCu\n', '1234567890\nc\n', '1\nc\nCu', '1', ''])(
    'leaves %j',
    (text) => {
      expect(scan(`0\nc\n${text}`)).toEqual([[4, 0]])
    },
  )
})

describe('writing numbers', () => {
  const styles = [
    { name: 'the shortest way', style: SHORTEST, oracle: shortestText, most: 60_000 },
    { name: "Python's way", style: PYTHON, oracle: pythonFloat, most: 60_000 },
    { name: '%16.8f', style: FIXED, oracle: fixed8Text, most: 140_000 },
  ]

  it.each(styles)('in $name gives what the oracle gives for 400,000, and leaves few', ({ style, oracle, most }) => {
    let left = 0
    for (const x of numbers(400_000)) {
      const text = written(x, style)
      if (text === undefined) left++
      else if (text !== oracle(x)) expect([x, text]).toEqual([x, oracle(x)])
    }
    expect(left).toBeLessThan(most)
  })

  it.each(styles)('in $name does the corners, or leaves them', ({ style, oracle }) => {
    const done = corners.filter((x) => written(x, style) !== undefined)
    expect(done.map((x) => written(x, style))).toEqual(done.map(oracle))
    expect(done.length).toBeGreaterThan(corners.length / 2)
  })

  it('writes integers of 32 and 64 bits', () => {
    const cells = [0n, 7n, -10n, 2147483647n, -2147483648n, 2n ** 63n - 1n, -(2n ** 63n)]
    kernel.longs.set(cells, DATA / 8)
    kernel.integers.set([LONG, cells.length, DATA], COLUMNS / 4)
    for (const [style, pad] of [
      [SHORTEST, 0],
      [FIXED, 8],
    ] as const) {
      const end = kernel.writeRows(1, 1, style)
      const expected = `${cells.map((cell) => String(cell).padStart(pad)).join(' ')}\n`
      expect(kernel.bytes.toString('latin1', TEXT, end)).toBe(expected)
    }
  })

  it('stops where the room for text ends', () => {
    const count = 10
    const rows = Math.floor(700_000 / 8 / count)
    kernel.reals.fill(1 / 3, DATA / 8, DATA / 8 + rows * count)
    kernel.integers.set([REAL, count, DATA], COLUMNS / 4)
    const end = kernel.writeRows(rows, 1, SHORTEST)
    const done = kernel.integers[DONE / 4]!
    expect(end).toBeLessThanOrEqual(TEXT + TEXT_SIZE)
    const row = `${new Array(count).fill(String(1 / 3)).join(' ')}\n`
    expect(kernel.bytes.toString('latin1', TEXT, end)).toBe(row.repeat(done))
    expect(TEXT + TEXT_SIZE - end).toBeLessThan(2 * row.length)
  })
})
