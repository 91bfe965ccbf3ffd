/** What a loop says on stderr. */
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { runNode } from '../run-script.js'
import { useScratchFolders } from '../scratch-folder.js'
import { numberedFile } from './numbered.js'

const scratch = useScratchFolders()
const root = fileURLToPath(new URL('../..', import.meta.url))
const ops = new URL('../fixtures/ops.mjs', import.meta.url).href

/** The stderr of a loop over `inputs` (source text), with further settings. */
async function stderrOf(inputs: string, settings: string, env: Record<string, string> = {}): Promise<string> {
  const code = `
    import { bulk, ConfigSetIn, ConfigSetOut, iterableLoop, task } from 'autopara'
    await iterableLoop({ iterable: ${inputs}, op: task('${ops}', 'shift'), args: [1], ...${settings} })`
  const result = await runNode(['--input-type=module', '-e', code], {
    cwd: root,
    env: { AUTOPARA_PROGRESS: '', ...env },
  })
  expect(result).toMatchObject({ code: 0, stdout: '' })
  return result.stderr
}

describe('the last line of a loop', () => {
  const inputs = 'new ConfigSetIn({ inputConfigs: [bulk("Cu")] })'

  it('names the seed that was drawn, another for each loop', async () => {
    const [first, second] = [await stderrOf(inputs, '{}'), await stderrOf(inputs, '{ npool: 1 }')]
    const pattern = /^shift: 1 items → 0 configurations (serially|with 1 process) in .* s \(\d+\/s\), seed (\d+)\n$/
    expect(first).toMatch(pattern)
    expect(second).toMatch(pattern)
    expect(pattern.exec(first)?.[2]).not.toBe(pattern.exec(second)?.[2])
  })

  it('is not there when the seed was given, or nothing is to be shown', async () => {
    expect(await stderrOf(inputs, '{ seed: 1 }')).toBe('')
    expect(await stderrOf(inputs, '{ progress: false }')).toBe('')
    expect(await stderrOf(inputs, '{}', { AUTOPARA_PROGRESS: '0' })).toBe('')
  })
})

describe('a misspelt variable of the environment', () => {
  it.each([0, 2])('is told of once, by the program alone: npool %i', async (npool) => {
    const stderr = await stderrOf('[bulk("Cu"), bulk("Au")]', `{ seed: 1, npool: ${npool} }`, {
      WFL_AUTOPARA_NPOL: '2',
    })
    expect(stderr).toBe(
      'autopara: warning: WFL_AUTOPARA_NPOL is no variable of autopara; did you mean WFL_AUTOPARA_NPOOL?\n',
    )
  })
})

describe('an output that is done', () => {
  it('is returned with a line, and a warning where an input is newer', async () => {
    const folder = scratch()
    const input = await numberedFile(folder, 1)
    const output = join(folder, 'out.xyz')
    writeFileSync(output, '')
    const run = (): Promise<string> =>
      stderrOf(
        `new ConfigSetIn({ inputFiles: ${JSON.stringify(input)} })`,
        `{ configsetOut: new ConfigSetOut({ outputFiles: ${JSON.stringify(output)} }) }`,
      )
    const done = `autopara: shift not run, since its output is done: ${output}\n`
    utimesSync(output, 2e9, 2e9)
    expect(await run()).toBe(done)
    utimesSync(output, 1e9, 1e9)
    expect(await run()).toBe(`${done}autopara: warning: ${input} changed after that; use force to compute anew\n`)
  })
})

describe('NODE_DEBUG=autopara', () => {
  it('says how each input and output is handled, and why', async () => {
    const folder = scratch()
    const input = await numberedFile(folder, 1)
    writeFileSync(`${input}.gz`, gzipSync(''))
    const output = join(folder, 'out.xyz')
    const stderr = await stderrOf(
      `new ConfigSetIn({ inputFiles: ${JSON.stringify([input, `${input}.gz`])} })`,
      `{ seed: 1, configsetOut: new ConfigSetOut({ outputFiles: ${JSON.stringify(output)} }) }`,
      { NODE_DEBUG: 'autopara' },
    )
    expect(stderr).toContain(`${input}: the workers read its byte ranges`)
    expect(stderr).toContain(`${input}.gz: compressed, so this process reads it and sends the text of each frame`)
    expect(stderr).toContain(`${output}: text, which the workers print and this process appends`)
    const inMemory = await stderrOf('new ConfigSetIn({ inputConfigs: [bulk("Cu")] })', '{ seed: 1 }', {
      NODE_DEBUG: 'autopara',
    })
    expect(inMemory).toContain('1 configuration in memory: sent as data')
  })
})
