import { describe, expect, it } from 'vitest'
import { type FrameRange, FrameScanner } from '../../lib/extxyz/frame-scanner.js'

const text = '2\nfirst\nH 0 0 0\nH 0 0 1\n0\nsecond\n  1\nthird\nHe 0 0 0\n'
const expected: FrameRange[] = [
  { start: 0, end: 24, natoms: 2 },
  { start: 24, end: 33, natoms: 0 },
  { start: 33, end: 52, natoms: 1 },
]

/** What is found when the bytes come in windows that end at `cuts`. */
function scanned(content: string, cuts: readonly number[] = [], scanner = new FrameScanner('file.xyz')): FrameRange[] {
  const bytes = Buffer.from(content)
  const found: FrameRange[] = []
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    // Beyond the window lies what must not be looked at.
    const window = Buffer.concat([Buffer.from('\n7\n'), bytes.subarray(from, to), Buffer.from('\n\n\n9\n')])
    from += scanner.scan(window, 3, 3 + to - from, from - 3, (range) => found.push(range)) - 3
  }
  scanner.end(bytes.subarray(from), bytes.length, (range) => found.push(range))
  return found
}

describe('FrameScanner', () => {
  it('finds the same frames wherever the windows end', () => {
    for (let a = 0; a <= text.length; a++) {
      for (let b = a; b <= text.length; b += 5) expect(scanned(text, [a, b])).toEqual(expected)
    }
  })

  it('waits for a number of atoms that ends beyond all there is', () => {
    const found: FrameRange[] = []
    const scanner = new FrameScanner()
    for (const part of ['', ' ', ' 1', ' 12'])
      expect(scanner.scan(Buffer.from(part), 0, part.length, 0, (range) => found.push(range))).toBe(0)
    const whole = ` 12\nc\n${'H\n'.repeat(12)}`
    expect(scanner.scan(Buffer.from(whole), 0, whole.length, 0, (range) => found.push(range))).toBe(whole.length)
    expect(found).toEqual([{ start: 0, end: whole.length, natoms: 12 }])
  })

  it('takes a last line without its newline, and blank lines at the end', () => {
    const open = [...expected.slice(0, 2), { start: 33, end: 51, natoms: 1 }]
    for (let a = 0; a < text.length; a++) {
      expect(scanned(text.slice(0, -1), [a])).toEqual(open)
      expect(scanned(`${text}\n \n\t\n`, [a])).toEqual(expected)
    }
    expect(scanned(`${text}\n\n\n`, [53, 54])).toEqual(expected)
    expect(scanned(`${text}  `)).toEqual(expected)
  })

  it('passes over a byte order mark, and over nothing that only begins like one', () => {
    for (let a = 0; a < 6; a++) expect(scanned(`\u{feff}${text}`, [a])[0]).toEqual({ start: 3, end: 27, natoms: 2 })
    // the third byte of it is not within the window, then it is
    expect(new FrameScanner().scan(Buffer.from('12345\ufeff1\n'), 5, 7, -5, () => {})).toBe(5)
    expect(new FrameScanner().scan(Buffer.from('12345\ufeff1\n'), 5, 8, -5, () => {})).toBe(8)
    for (const bytes of [
      [0xef, 0xbb, 0x31],
      [0xef, 0x31, 0xbf],
      [0x31, 0xbb, 0xbf],
    ]) {
      const window = Buffer.from([...bytes, 10])
      expect(() => new FrameScanner().scan(window, 0, 4, 0, () => {})).toThrow()
    }
  })

  it('says where the frame in hand is', () => {
    const scanner = new FrameScanner('file.xyz')
    scanned(text, [], scanner)
    expect([scanner.origin, scanner.frameStart]).toEqual([{ file: 'file.xyz', frame: 3, line: 10 }, 52])
    const later = new FrameScanner()
    later.resume(7, 100, 1000)
    expect([later.origin, later.frameStart]).toEqual([{ file: undefined, frame: 7, line: 100 }, 1000])
    const found: FrameRange[] = []
    expect(later.scan(Buffer.from('0\nc\n'), 0, 4, 1000, (range) => found.push(range))).toBe(4)
    expect(found).toEqual([{ start: 1000, end: 1004, natoms: 0 }])
  })

  it('takes a byte order mark for one at the start of the file only', () => {
    const file = Buffer.from('\ufeff0\nc\n0\n\ufeffc\n')
    const found: FrameRange[] = []
    const scanner = new FrameScanner()
    let from = 0
    for (let to = 1; to <= file.length; to++) from = scanner.scan(file, from, to, 0, (range) => found.push(range))
    expect(found).toEqual([
      { start: 3, end: 7, natoms: 0 },
      { start: 7, end: 14, natoms: 0 },
    ])
    const inComment: FrameRange[] = []
    const other = new FrameScanner()
    expect(other.scan(file, 7, 9, -7, () => {})).toBe(9)
    other.scan(file, 9, 14, -7, (range) => inComment.push(range))
    expect(inComment).toEqual([{ start: 0, end: 7, natoms: 0 }])
  })

  it('estimates the lines that a frame has from those that it saw', () => {
    const scanner = new FrameScanner()
    const see = (part: string): number => {
      scanner.scan(Buffer.from(part), 0, part.length, 0, () => {})
      return scanner.linesPerLineSeen
    }
    expect(scanner.linesPerLineSeen).toBe(1)
    expect(see('3\n')).toBe(1)
    expect(see('comment\n')).toBe(4)
    expect(see('H 0 0 0\n')).toBe(2)
    expect(see('H 0 0 0\nH 0 0 0\n')).toBe(1)
  })

  it.each([
    ['2\nc\nH 0 0 0\n', 'truncated', { frame: 0, line: 4 }, 'after 1 of 2 atom lines'],
    ['2\nc\nH 0 0 0\nH 0', undefined, {}, ''],
    ['2\nc\nH 0 0', 'truncated', { frame: 0 }, 'after 1 of 2 atom lines'],
    ['0\nc\n3', 'truncated', { frame: 1 }, 'before the comment line of a frame of 3 atoms'],
    ['0\n', 'truncated', { frame: 0, line: 2 }, 'before the comment line of a frame of 0 atoms'],
    [
      '0\nc\n\n0\nc\n',
      'blank-line',
      { frame: 1, line: 3, column: 1, file: 'file.xyz', token: '0\\x0ac' },
      'more data after it',
    ],
    ['0\nc\n\n2\nH 0 0 0', 'blank-line', { line: 3, token: '2\\x0aH 0 0 0' }, 'file.xyz:3:1, frame 1'],
    [`0\nc\n\n${'x'.repeat(90)}\n`, 'blank-line', { line: 3, token: 'x'.repeat(39) }, ''],
    ['0\nc\n1'.padEnd(5000), 'natoms', { frame: 1, line: 3, column: 1, token: '', file: 'file.xyz' }, 'never ends'],
    ['0\nc\n1'.padEnd(4 + 4097), 'natoms', { frame: 1, line: 3 }, 'never ends'],
    ['0\nc\n1'.padEnd(4 + 4096), 'truncated', { frame: 1, line: 4 }, 'before the comment line of a frame of 1 atoms'],
    ['0\nc\nword'.padEnd(5000), 'natoms', { frame: 1, line: 3, token: 'word' }, '"word"'],
    [''.padEnd(5000), 'blank-line', { frame: 0, line: 1 }, ''],
    ['0\nc\nx\n', undefined, { frame: 1, line: 3 }, 'x'],
  ])('%j is %s', (content, rule, place, words) => {
    let error: unknown
    let found: FrameRange[] = []
    try {
      found = scanned(content)
    } catch (thrown) {
      error = thrown
    }
    if (Object.keys(place).length === 0) expect(found).toHaveLength(1)
    else expect(error).toMatchObject(rule === undefined ? place : { rule, ...place })
    if (words !== '') expect(String(error)).toContain(words)
  })
})
