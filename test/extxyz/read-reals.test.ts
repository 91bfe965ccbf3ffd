import { describe, expect, it } from 'vitest'
import { realOfText } from '../../lib/extxyz/number.js'
import { readReals } from '../../lib/extxyz/read-reals.js'
import { uniform } from '../random-numbers.js'

const LINE = 100
const out = new Float64Array(1)
const buffer = Buffer.alloc(4 * LINE)
const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)

/** The first number of a line, or undefined if there is none; the rest of the line is such that it is never read alone. */
function first(line: string): number | undefined {
  buffer.fill(32)
  buffer.write(`${line} 7\n`, 'latin1')
  return readReals(buffer, view, 0, buffer.length, out, 0, 1) === -1 ? undefined : out[0]
}

function oracle(line: string): number | undefined {
  return realOfText(/^[ \t]*([^ \t\n\r]*)/.exec(line)?.[1] ?? '')
}

function same(line: string): void {
  const [fast, slow] = [first(line), oracle(`${line} 7`)]
  if (!Object.is(fast, slow)) expect([line, fast]).toEqual([line, slow])
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

describe('readReals', () => {
  it('gives the same bits as Number for half a million columns', () => {
    for (const column of columns(500_000)) same(column)
  })

  it('takes for a number what Number takes for one, in half a million columns with a wrong byte', () => {
    const random = uniform(41)
    const bytes = ' -+.0123456789eEdDxX:;,/\t\nPp@`\u00b0\u00ff'
    for (const column of columns(500_000)) {
      const at = Math.floor(random() * column.length)
      same(column.slice(0, at) + bytes[Math.floor(random() * bytes.length)] + column.slice(at + 1))
    }
  })

  it('reads several numbers up to the end of the bytes', () => {
    const line = Buffer.from('1.50000000 -2.5 3')
    const three = new Float64Array(3)
    const end = readReals(line, new DataView(line.buffer, line.byteOffset, line.length), 0, line.length, three, 0, 3)
    expect([end, ...three]).toEqual([line.length, 1.5, -2.5, 3])
  })
})
