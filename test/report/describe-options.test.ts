import { describe, expect, it } from 'vitest'
import { task } from '../../build/lib/index.js'
import { describeOption } from '../../build/lib/report/describe-options.js'

describe('options in a report', () => {
  it('are one line, with functions by name and arrays by shape', () => {
    const options = {
      op: task('file:///home/me/ops.js', 'shift'),
      f: Math.max,
      data: new Float64Array(3),
      n: 1n,
      d: null,
    }
    expect(describeOption(options)).toBe(
      '{"op":"shift of ops.js","f":"max","data":"Float64Array of 24 bytes","n":"1","d":null}',
    )
    expect(describeOption('text')).toBe('text')
    expect(describeOption(Array.from({ length: 30 }, (_, k) => k))).toMatch(/,19,"… 30 in all"\]$/)
    expect(describeOption('x'.repeat(5000))).toMatch(/^x{1000} … \(5000 characters\)$/)
  })

  it('show no secret, by its name or in a URL', () => {
    const options = { api_key: 'A', nested: [{ dbPassword: 'B', Authorization: 'C' }], env: { PATH: 'D' } }
    expect(describeOption(options)).not.toMatch(/"[ABCD]"/)
    expect(describeOption({ at: 'postgres://me:hunter2@host/db' })).toBe('{"at":"postgres://(not shown)@host/db"}')
  })

  it('end for values without an end, and never throw', () => {
    const ring: { self?: unknown; list: unknown[] } = { list: [] }
    ring.self = ring
    ring.list = Array.from({ length: 20 }, () => ring)
    expect(describeOption(ring)).toContain('…')
    const trap = Object.defineProperty({}, 'x', { enumerable: true, get: () => expect.unreachable() })
    expect(describeOption(trap)).toBe('something that can not be shown')
  })
})
