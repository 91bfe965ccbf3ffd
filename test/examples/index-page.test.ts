import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { examples } from './example-output.js'

const programs = readdirSync(examples).filter((name) => /\.(mjs|ts)$/.test(name))

describe('the examples', () => {
  it('have fewer than 40 lines each', () => {
    const long = programs.filter(
      (name) => readFileSync(join(examples, name), 'utf8').trimEnd().split('\n').length >= 40,
    )
    expect(programs.length).toBeGreaterThan(10)
    expect(long).toEqual([])
  })

  it('are all on the page that lists them', () => {
    const page = readFileSync(join(examples, 'README.md'), 'utf8')
    expect(programs.filter((name) => !page.includes(`](${name})`))).toEqual([])
  })

  it('are each run by a test', () => {
    const tests = join(examples, '../../test')
    const sources = readdirSync(tests, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(tests, name), 'utf8'))
    // Only gpu-per-worker starts gpu-initializer.mjs.
    expect(programs.filter((name) => !sources.some((text) => text.includes(name)))).toEqual([])
  })
})
