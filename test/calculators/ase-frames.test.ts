import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { AseCalculator, AseCalculatorError } from '../../lib/calculators/ase-calculator.js'
import { calculationRequest, frame, ReplyReader } from '../../lib/calculators/ase-frames.js'
import { CalculatorError } from '../../lib/calculators/calculator.js'

const atoms = new Atoms({ symbols: 'Cu2', positions: [0, 0, 0, 1, 2, 3], cell: [4, 5, 6], pbc: [true, false, true] })

/** The header of a frame, and what follows it. */
function parts(bytes: Buffer): { header: Record<string, unknown>; rest: Buffer } {
  const end = 4 + bytes.readUInt32LE(0)
  return { header: JSON.parse(bytes.toString('utf8', 4, end)), rest: bytes.subarray(end) }
}

describe('calculationRequest', () => {
  it('lists the arrays that follow its header, and the scalars of info', () => {
    const sent = atoms.copy()
    Object.assign(sent.info, { charge: 1, label: 'ü', flag: true, odd: Number.NaN, list: [1, 2] })
    sent.masses = [1, 2]
    const { header, rest } = parts(calculationRequest(sent, ['energy'], false))
    expect(header).toEqual({
      pbc: [true, false, true],
      properties: ['energy'],
      moved: false,
      info: { charge: 1, label: 'ü', flag: true },
      arrays: [
        ['numbers', 'int32', [2]],
        ['positions', 'float64', [2, 3]],
        ['cell', 'float64', [3, 3]],
        ['masses', 'float64', [2]],
      ],
    })
    expect(rest.length).toBe(8 + 48 + 72 + 16)
  })
})

describe('ReplyReader', () => {
  const results = [
    ['energy', 'float', 1],
    ['converged', 'bool', true],
    ['forces', 'array', 6],
  ]
  const reply = frame({ ok: true, results }, [Float64Array.of(-1.5, 1, 2, 3, 4, 5, 6)])

  it('puts a reply together however the pipe cuts it', () => {
    for (let size = 1; size <= reply.length; size++) {
      const reader = new ReplyReader()
      let received: ReturnType<ReplyReader['add']>
      for (let at = 0; at < reply.length; at += size) {
        expect(received).toBeUndefined()
        received = reader.add(reply.subarray(at, at + size))
      }
      expect(received?.results).toEqual({ energy: -1.5, converged: true, forces: Float64Array.of(1, 2, 3, 4, 5, 6) })
    }
  })

  it('reads one reply after the other', () => {
    const reader = new ReplyReader()
    expect(reader.add(reply)?.reply.ok).toBe(true)
    expect(reader.add(frame({ ok: false, type: 'E', message: 'm', traceback: 't' }))?.reply).toMatchObject({
      type: 'E',
    })
  })
})

describe('AseCalculator', () => {
  it('is named after the Python class', () => {
    expect(new AseCalculator({ class: 'mace.calculators:MACECalculator' }).name).toBe('MACECalculator')
  })

  it('says that Python can not be started, or ends at once', async () => {
    const missing = new AseCalculator({ class: 'a:B', python: '/no/such/python' })
    const error = await missing.calculate(atoms).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CalculatorError)
    expect((error as Error).message).toMatch(/^B: Python can't be started: .*ENOENT/)
    await expect(new AseCalculator({ class: 'a:B', python: 'true' }).calculate(atoms)).rejects.toThrow(
      AseCalculatorError,
    )
  })

  it.each([
    [{}, /`class` must be/],
    [{ class: 'nothing' }, /`class` must be of the form 'module:Class'/],
    [{ class: 'a:B', args: {} }, /`args` must be an array/],
    [{ class: 'a:B', timeout: 0 }, /`timeout` must be a positive number/],
    [{ class: 'a:B', pythn: 'x' }, /did you mean `python`\?/],
  ])('refuses %o', (options, message) => {
    expect(() => new AseCalculator(options as never)).toThrow(message)
  })
})
