import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AutoparaInfo, bulk, ConfigSetIn, ConfigSetOut, iterableLoop, type ReusedSummary, task } from 'autopara'
import { describe, expect, it, vi } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const op = task(new URL('../fixtures/ops.mjs', import.meta.url), 'rattleUnless')

async function folderWithInput(): Promise<string> {
  const folder = scratch()
  const output = new ConfigSetOut({ outputFiles: join(folder, 'in.xyz') })
  for (let number = 0; number < 12; number++) {
    const atoms = bulk('Cu')
    atoms.info['number'] = number
    await output.write(atoms)
  }
  await output.endWrite()
  return folder
}

/** Rattles into `name`; the numbers in the file `bad` fail. */
function run(folder: string, name: string, autopara: AutoparaInfo = {}): Promise<ConfigSetIn> {
  return iterableLoop({
    iterable: new ConfigSetIn({ inputFiles: join(folder, 'in.xyz') }),
    configsetOut: new ConfigSetOut({ outputFiles: join(folder, name) }),
    op,
    args: [0.1, join(folder, 'bad')],
    onError: 'keep',
    chunksize: 3,
    ...autopara,
  })
}

describe.each(['keep', 'skip'] as const)('rerunFailed after %s', (onError) => {
  it('runs only what failed, into its place, with the seed of the first run', async () => {
    const folder = await folderWithInput()
    writeFileSync(join(folder, 'bad'), '0 5 6 11')
    await run(folder, 'out.xyz', { onError })
    writeFileSync(join(folder, 'bad'), '6')
    await run(folder, 'out.xyz', { onError, rerunFailed: true })
    const log = readFileSync(join(folder, 'out.xyz.failed.jsonl'), 'utf8').trim().split('\n')
    expect(log.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([6])
    const { seed } = JSON.parse(log[0] as string) as { seed: number }
    writeFileSync(join(folder, 'bad'), '')
    const result = await run(folder, 'out.xyz', { onError, rerunFailed: true, npool: 2 })
    expect((await result.toArray()).map((atoms) => atoms.info['number'])).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ])
    await run(folder, 'whole.xyz', { seed })
    expect(readFileSync(join(folder, 'out.xyz'), 'utf8')).toBe(readFileSync(join(folder, 'whole.xyz'), 'utf8'))
    expect(readdirSync(folder).sort()).toEqual(['bad', 'in.xyz', 'out.xyz', 'whole.xyz'])
  })
})

describe('rerunFailed', () => {
  it('does nothing when nothing failed', async () => {
    const folder = await folderWithInput()
    writeFileSync(join(folder, 'bad'), '')
    await run(folder, 'out.xyz')
    const before = readFileSync(join(folder, 'out.xyz'), 'utf8')
    await run(folder, 'out.xyz', { rerunFailed: true })
    expect(readFileSync(join(folder, 'out.xyz'), 'utf8')).toBe(before)
  })

  it('is named where a finished output has failures, unless it can not be done', async () => {
    const folder = await folderWithInput()
    writeFileSync(join(folder, 'bad'), '2 3')
    const written: string[] = []
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    const told: ReusedSummary[] = []
    const progress = { reused: (summary: ReusedSummary) => void told.push(summary) }
    try {
      for (const name of ['out.xyz', 'out.xyz', 'out.xyz.gz', 'out.xyz.gz']) await run(folder, name, { progress })
    } finally {
      write.mockRestore()
    }
    expect(told).toMatchObject([{ failed: 2, firstFailure: { index: 2 } }, { failed: 2 }])
    const [plain, packed] = written.filter((line) => line.includes('2 failed in the run that made it'))
    expect(plain).toMatch(/\(all in .*out\.xyz\.failed\.jsonl\); rerunFailed .* runs these again, force .* all/)
    expect(packed).toMatch(/\(all in .*out\.xyz\.gz\.failed\.jsonl\); force .* all/)
  })

  it('leaves output and log as they were when it breaks off', async () => {
    const folder = await folderWithInput()
    writeFileSync(join(folder, 'bad'), '2 3')
    await run(folder, 'out.xyz')
    const [text, log] = [
      readFileSync(join(folder, 'out.xyz'), 'utf8'),
      readFileSync(join(folder, 'out.xyz.failed.jsonl'), 'utf8'),
    ]
    await expect(run(folder, 'out.xyz', { rerunFailed: true, onError: 'raise' })).rejects.toThrow('bad 2')
    expect(readFileSync(join(folder, 'out.xyz'), 'utf8')).toBe(text)
    expect(readFileSync(join(folder, 'out.xyz.failed.jsonl'), 'utf8')).toBe(log)
    expect(existsSync(join(folder, 'out.xyz.partial'))).toBe(false)
  })

  it('refuses inputs that end before an item that failed', async () => {
    const folder = await folderWithInput()
    writeFileSync(join(folder, 'bad'), '2 11')
    await run(folder, 'out.xyz')
    const files = ['out.xyz', 'out.xyz.failed.jsonl'].map((name) => join(folder, name))
    const before = files.map((file) => readFileSync(file, 'utf8'))
    const lines = readFileSync(join(folder, 'in.xyz'), 'utf8').split('\n')
    writeFileSync(join(folder, 'in.xyz'), `${lines.slice(0, (lines.length - 1) / 3).join('\n')}\n`)
    await expect(run(folder, 'out.xyz', { rerunFailed: true })).rejects.toMatchObject({
      name: 'RerunError',
      message: expect.stringMatching(/item 11, .* is not among the inputs/) as string,
    })
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before)
    expect(readdirSync(folder).sort()).toEqual(['bad', 'in.xyz', 'out.xyz', 'out.xyz.failed.jsonl'])
  })

  it('needs a finished output', async () => {
    const folder = await folderWithInput()
    writeFileSync(join(folder, 'bad'), '')
    await expect(run(folder, 'out.xyz', { rerunFailed: true })).rejects.toMatchObject({
      name: 'RerunError',
      code: 'AUTOPARA_RERUN',
    })
  })
})
