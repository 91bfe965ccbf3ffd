import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { EMT } from '../../lib/calculators/emt.js'
import { FileCalculator } from '../../lib/calculators/file-calculator.js'
import { LennardJones } from '../../lib/calculators/lennard-jones.js'
import { type CalculatorSpec, encodeCalculator, resolveCalculator } from '../../lib/calculators/spec.js'

const file = join(mkdtempSync(join(tmpdir(), 'autopara-test-spec-')), 'mine.mjs')
writeFileSync(
  file,
  `export class Mine { name = 'Mine'; constructor(...args) { this.args = args } calculate() { return { energy: 0 } } }
export async function make(x) { return { name: 'made', x, calculate() { return { energy: x } } } }
export function nothing() {}
let tries = 0
export function second() { if (tries++ === 0) throw new Error('disk full'); return new Mine() }
export const word = 'x'
export default Mine
`,
)
const url = pathToFileURL(file).href
afterAll(() => rmSync(dirname(file), { recursive: true }))

describe('encodeCalculator', () => {
  it('names shipped classes, whether given as class, name or object', async () => {
    expect(encodeCalculator([EMT, []])).toEqual({ calculator: 'EMT', args: [] })
    expect(encodeCalculator('LennardJones')).toEqual({ calculator: 'LennardJones', args: [] })
    expect(encodeCalculator(['EMT', [{ asapCutoff: true }]])).toEqual({
      calculator: 'EMT',
      args: [{ asapCutoff: true }],
    })
    expect(encodeCalculator(new EMT({ asapCutoff: true }))).toEqual({
      calculator: 'EMT',
      args: [{ asapCutoff: true }],
    })
    expect(encodeCalculator(new FileCalculator({ command: 'x' }))).toEqual({
      calculator: 'FileCalculator',
      args: [{ command: 'x' }],
    })
  })

  it('refers to exports that are named by text by module and export, relative paths made absolute', async () => {
    const located = { url, name: 'Mine' }
    expect(encodeCalculator(`${file}#Mine`)).toEqual({ calculator: located, args: [] })
    expect(encodeCalculator('./mine.mjs#')).toEqual({
      calculator: { url: pathToFileURL('mine.mjs').href, name: 'default' },
      args: [],
    })
  })

  it('leaves a class or function of the user for the pipeline to send', () => {
    class Mine {}
    expect(encodeCalculator([Mine as never, [1]])).toEqual({ calculator: Mine, args: [1] })
  })

  it('is idempotent', async () => {
    const encoded = encodeCalculator([LennardJones, [{ sigma: 2 }]])
    expect(encodeCalculator(encoded)).toBe(encoded)
  })

  it('refuses an object of a foreign class, naming what to do', async () => {
    class Mine {
      name = 'mine'
      calculate() {
        return {}
      }
    }
    expect(() => encodeCalculator(new Mine())).toThrow(/pass \[Mine, args\]/)
  })

  it.each([[3], [null], [[]], [[{}]], [{}]])('refuses %o', async (spec) => {
    expect(() => encodeCalculator(spec as unknown as CalculatorSpec)).toThrow(/`calculator` must be/)
  })
})

describe('resolveCalculator', () => {
  it('builds once for the same class and arguments', async () => {
    const first = await resolveCalculator([LennardJones, [{ sigma: 2 }]])
    expect(first).toBeInstanceOf(LennardJones)
    expect(await resolveCalculator({ calculator: 'LennardJones', args: [{ sigma: 2 }] })).toBe(first)
    expect(await resolveCalculator([LennardJones, [{ sigma: 3 }]])).not.toBe(first)
  })

  it('hands an object back as it is', async () => {
    const emt = new EMT()
    expect(await resolveCalculator(emt)).toBe(emt)
  })

  it('builds classes, and calls functions that make a calculator', async () => {
    expect(await resolveCalculator([`${url}#Mine`, [1, 'two']])).toMatchObject({ name: 'Mine', args: [1, 'two'] })
    expect(await resolveCalculator({ calculator: { url, name: 'make' }, args: [4] })).toMatchObject({
      name: 'made',
      x: 4,
    })
  })

  it('tries again after a failure', async () => {
    await expect(resolveCalculator(`${url}#second`)).rejects.toThrow("The calculator second can't be built: disk full")
    expect(await resolveCalculator(`${url}#second`)).toMatchObject({ name: 'Mine' })
  })

  it.each([
    ['LenardJones', /did you mean LennardJones\?/],
    [`${url}#Your`, /exports no class or function 'Your', but .*Mine/],
    [`${url}#word`, /exports no class or function 'word'/],
    [`${url}#nothing`, /nothing made no calculator, but undefined/],
    ['./no-such-file.js#X', /can't be loaded from file:.*no-such-file\.js/],
    ['no-such-package#X', /can't be loaded from no-such-package/],
  ])('says what is wrong with %s', async (spec, message) => {
    await expect(resolveCalculator(spec)).rejects.toThrow(message)
  })

  it('passes on what a constructor complains about', async () => {
    await expect(resolveCalculator([LennardJones, [{ sigma: -1 }]])).rejects.toThrow(
      "The calculator LennardJones can't be built: `sigma` must be a positive number, got -1 (number)",
    )
  })
})
