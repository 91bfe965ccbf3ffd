import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { reportData } from '../report/report-data.js'
import { useScratchFolders } from '../scratch-folder.js'

const bin = fileURLToPath(new URL('../../lib/cli/autopara.js', import.meta.url))
const scratch = useScratchFolders()
const copper = 'Lattice="3.6 0 0 0 3.6 0 0 0 3.6" Properties=species:S:1:pos:R:3 pbc="T T T"'
const frame = (x: number) => `2\n${copper}\nCu 0 0 0\nCu ${x} 1.8 1.8\n`

function autopara(cwd: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd }, (error, _, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stderr })
    })
  })
}

describe('reports on the command line', () => {
  it('are written by --report with the run, and by the command report without it', async () => {
    const folder = scratch()
    writeFileSync(join(folder, 'in.xyz'), [0, 0.1, 0.2].map(frame).join(''))
    const calculator = ['--calculator', 'EMT', '--seed', '5']
    const run = await autopara(folder, 'calculate', 'in.xyz', '-o', 'out.xyz', ...calculator, '--report', 'run.html')
    expect(run.code).toBe(0)
    const { facts, run: data, distributions } = reportData(join(folder, 'run.html'))
    expect(Object.fromEntries(facts)).toMatchObject({ input: 'in.xyz', output: 'out.xyz', seed: '5', npool: '0' })
    expect(data).toMatchObject({ items: 3, configs: 3, failed: 0 })

    expect(await autopara(folder, 'report', 'out.xyz', '--input', 'in.xyz', '-o', 'files.html')).toMatchObject({
      code: 0,
    })
    const files = reportData(join(folder, 'files.html'))
    expect(files).toMatchObject({ run: null, distributions })
    expect(Object.fromEntries(files.facts)).toMatchObject({ input: 'in.xyz', output: 'out.xyz' })
  })

  it('fail with 1 before anything runs where the page can not be written', async () => {
    const folder = scratch()
    writeFileSync(join(folder, 'in.xyz'), frame(0))
    const args = ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--report', 'nowhere/run.html']
    const { code, stderr } = await autopara(folder, ...args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^autopara: can't write the report nowhere\/run\.html: ENOENT/)
    expect(existsSync(join(folder, 'out.xyz'))).toBe(false)
  })

  it('are written of a run that Ctrl-C ended', async () => {
    const folder = scratch()
    // So many that they are not done before the signal is heard.
    writeFileSync(join(folder, 'in.xyz'), frame(0).repeat(1000))
    const ops = fileURLToPath(new URL('../fixtures/ops.mjs', import.meta.url))
    const [begun, release] = [join(folder, 'begun'), join(folder, 'release')]
    const args = ['run', `${ops}#waitFor`, 'in.xyz', '-o', 'out.xyz', '--args', JSON.stringify([begun, release])]
    const child = spawn(process.execPath, [bin, ...args, '--npool', '1', '--report', 'run.html'], { cwd: folder })
    const ended = once(child, 'exit')
    await expect.poll(() => existsSync(begun), { timeout: 30_000 }).toBe(true)
    child.kill('SIGINT')
    writeFileSync(release, '')
    expect(await ended).toEqual([null, 'SIGINT'])
    expect(existsSync(join(folder, 'out.xyz'))).toBe(false)
    const { run, views } = reportData(join(folder, 'run.html'))
    expect(run?.error).toMatch(/interrupted by SIGINT/)
    expect(views).toEqual([])
  })
})
