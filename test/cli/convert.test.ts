import { execFile } from 'node:child_process'
import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type Atoms, bulk, ConfigSetIn, Rng, write } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const bin = fileURLToPath(new URL('../../lib/cli/autopara.js', import.meta.url))

/** Runs the command as a user would. */
function autopara(cwd: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    })
  })
}

async function folderWithInput(): Promise<{ cwd: string; configs: Atoms[] }> {
  const cwd = scratch()
  const configs = Array.from({ length: 5 }, (_, number) => {
    const atoms = bulk(number % 2 === 0 ? 'Cu' : 'Au', { cubic: true })
    atoms.rattle(0.1, new Rng('convert').spawn(number))
    atoms.info['number'] = number
    return atoms
  })
  await write(join(cwd, 'in.xyz'), configs)
  return { cwd, configs }
}

describe('autopara convert', () => {
  it('copies files, parts of files and gzip without loss', async () => {
    const { cwd, configs } = await folderWithInput()
    const run = await autopara(cwd, 'convert', 'in.xyz', '-o', 'all.xyz.gz')
    expect(run).toEqual({ code: 0, stdout: '', stderr: '5 configurations → all.xyz.gz\n' })
    expect(gunzipSync(readFileSync(join(cwd, 'all.xyz.gz')))).toEqual(readFileSync(join(cwd, 'in.xyz')))
    expect(await autopara(cwd, 'convert', 'all.xyz.gz@1::2', '-o', 'some.xyz')).toMatchObject({ code: 0 })
    const some = await new ConfigSetIn({ inputFiles: join(cwd, 'some.xyz') }).toArray()
    expect(some.map((atoms) => atoms.info['number'])).toEqual([1, 3])
    expect(some[0]?.equals(configs[1]!)).toBe(true)
  })

  it('writes ASE’s lines with %16.8f, to standard output too', async () => {
    const { cwd } = await folderWithInput()
    const { code, stdout } = await autopara(cwd, 'convert', 'in.xyz@0', '-o', '-', '--real-format', '%16.8f')
    expect(code).toBe(0)
    expect(stdout.split('\n')[2]).toMatch(/^Cu( +-?\d+\.\d{8}){3}$/)
  })

  it('goes to an ASE database and back, by selections', async () => {
    const { cwd, configs } = await folderWithInput()
    expect(await autopara(cwd, 'convert', 'in.xyz', '-o', 'set.db')).toMatchObject({ code: 0 })
    expect(await autopara(cwd, 'convert', 'set.db@Au,number>1', '-o', 'gold.xyz')).toMatchObject({ code: 0 })
    const [gold, ...more] = await new ConfigSetIn({ inputFiles: join(cwd, 'gold.xyz') }).toArray()
    expect(more).toEqual([])
    expect(gold?.equals(configs[3]!)).toBe(true)
    const index = await autopara(cwd, 'convert', 'set.db@:3', '-o', 'first.xyz')
    expect(index.code).toBe(1)
    expect(index.stderr).toMatch(/":3" is neither a formula nor a key; for rows by their number write id=1/)
    expect(await autopara(cwd, 'convert', 'in.xyz', '-o', 'set.db', '--append')).toMatchObject({ code: 0 })
    expect((await autopara(cwd, 'convert', 'set.db', 'set.db@Au', '-o', 'x.xyz')).stderr).toBe(
      '14 configurations → x.xyz\n',
    )
  })

  it('writes a database where a link leads', async () => {
    const { cwd } = await folderWithInput()
    writeFileSync(join(cwd, 'real.db'), '')
    symlinkSync('real.db', join(cwd, 'link.db'))
    expect(await autopara(cwd, 'convert', 'in.xyz', '-o', 'link.db', '--force')).toMatchObject({ code: 0 })
    expect(lstatSync(join(cwd, 'link.db')).isSymbolicLink()).toBe(true)
    expect(await new ConfigSetIn({ db: join(cwd, 'real.db') }).count()).toBe(5)
  })

  it('touches an existing output only when told to', async () => {
    const { cwd } = await folderWithInput()
    const args = ['convert', 'in.xyz@0', '-o', 'in2.xyz']
    expect(await autopara(cwd, ...args)).toMatchObject({ code: 0 })
    const refused = await autopara(cwd, ...args)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/in2\.xyz exists already; --force replaces it, --append adds to it/)
    expect(await autopara(cwd, ...args, '--append')).toMatchObject({ code: 0 })
    expect(await new ConfigSetIn({ inputFiles: join(cwd, 'in2.xyz') }).count()).toBe(2)
    expect(await autopara(cwd, ...args, '--force')).toMatchObject({ code: 0 })
    expect(await new ConfigSetIn({ inputFiles: join(cwd, 'in2.xyz') }).count()).toBe(1)
    expect(await autopara(cwd, ...args, '--force', '--append')).toMatchObject({ code: 2 })
  })

  it('refuses files and databases in one call', async () => {
    const { cwd } = await folderWithInput()
    await autopara(cwd, 'convert', 'in.xyz', '-o', 'set.db')
    const run = await autopara(cwd, 'convert', 'in.xyz', 'set.db', '-o', 'out.xyz')
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/inputs are files or databases, not both/)
  })
})
