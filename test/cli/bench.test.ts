import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bulk, ConfigSetOut } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const bin = fileURLToPath(new URL('../../lib/cli/autopara.js', import.meta.url))
const run = promisify(execFile)

/** A folder with functions to measure and items of every kind. */
async function folder(): Promise<string> {
  const path = scratch()
  writeFileSync(join(path, 'tasks.mjs'), 'export const double = (x) => 2 * x\nexport const same = (list) => list\n')
  writeFileSync(join(path, 'items.json'), '[1, 2, 3, 4, 5]')
  writeFileSync(join(path, 'items.jsonl'), '1\n2\n\n3\n')
  writeFileSync(join(path, 'broken.json'), '[1,')
  const output = new ConfigSetOut({ outputFiles: join(path, 'in.xyz') })
  for (let i = 0; i < 4; i++) await output.write(bulk('Cu', { cubic: true }))
  await output.endWrite()
  return path
}

function bench(cwd: string, ...args: string[]): Promise<{ stdout: string }> {
  return run(process.execPath, [bin, 'bench', ...args], { cwd })
}

describe('autopara bench', () => {
  it('measures every setting in every round, and names one of them as the best', async () => {
    const cwd = await folder()
    const args = ['--npool', '0,1', '--chunksize', '2,auto', '--rounds', '2']
    const { stdout } = await bench(cwd, './tasks.mjs#double', '--items', 'items.json', ...args)
    expect(stdout).toMatch(/^5 items, 2 rounds\n/)
    expect(stdout.split('\n').filter((line) => /^ +[01] +(2|auto) /.test(line))).toHaveLength(4)
    expect(stdout).toMatch(/\nbest: --npool [01] --chunksize (2|auto)\n$/)
  })

  it('takes JSON lines, and prints JSON', async () => {
    const args = ['--items', 'items.jsonl', '--npool', '0', '--chunksize', '1', '--rounds', '3', '--json']
    const { stdout } = await bench(await folder(), './tasks.mjs#double', ...args)
    const { items, settings, best } = JSON.parse(stdout)
    expect(items).toBe(3)
    expect(settings).toHaveLength(1)
    expect(settings[0].times).toHaveLength(3)
    expect(best).toEqual({ npool: 0, chunksize: 1 })
  })

  it('runs an operation over the configurations of a file', async () => {
    const args = ['--items', 'in.xyz', '--npool', '0,1', '--chunksize', '2', '--rounds', '1', '--json']
    const { stdout } = await bench(await folder(), './tasks.mjs#same', ...args)
    expect(JSON.parse(stdout)).toMatchObject({ items: 4, settings: [{ npool: 0 }, { npool: 1 }] })
  })

  it('says what is wrong with the items, and exits with 2', async () => {
    const failed = bench(await folder(), './tasks.mjs#double', '--items', 'broken.json')
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('broken.json is no JSON') })
  })
})
