import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bulk, ConfigSetIn, ConfigSetOut, Rng } from 'autopara'
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

async function folderWithInput(): Promise<string> {
  const cwd = scratch()
  const output = new ConfigSetOut({ outputFiles: join(cwd, 'in.xyz') })
  for (let i = 0; i < 6; i++) {
    const atoms = bulk('Cu', { cubic: true })
    atoms.rattle(0.05 * i, new Rng('cli').spawn(i))
    await output.write(atoms)
  }
  await output.endWrite()
  return cwd
}

const json = '{ "type": "soap", "species": ["Cu"], "cutoff": 4, "nMax": 3, "lMax": 2, "atomSigma": 0.5 }'
const text = 'soap n_max=3 l_max=2 cutoff=4 atom_sigma=0.5 species_Z=29'

describe('autopara descriptor', () => {
  it('stores vectors, from JSON or quippy’s text, and select takes the most different', async () => {
    const cwd = await folderWithInput()
    const run = await autopara(cwd, 'descriptor', 'in.xyz', '-o', 'out.xyz', '-k', 'soap', '-d', json, text, '-n', '2')
    expect(run).toMatchObject({ code: 0, stdout: '' })
    expect(run.stderr).toMatch(/6 configurations .* → out\.xyz/)
    const [first] = await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz') }).toArray()
    expect(first?.info['soap']).toMatchObject({ dtype: 'float64', shape: [36] })
    const select = await autopara(
      cwd,
      'select',
      'out.xyz',
      '-o',
      'few.xyz',
      '--count',
      '3',
      '-k',
      'soap',
      '--rank-key',
      'rank',
      '--drop-key',
    )
    expect(select).toMatchObject({ code: 0, stdout: '', stderr: '3 configurations → few.xyz\n' })
    const few = await new ConfigSetIn({ inputFiles: join(cwd, 'few.xyz') }).toArray()
    expect(few.map((atoms) => atoms.info['rank']).sort()).toEqual([0, 1, 2])
    expect(few.some((atoms) => 'soap' in atoms.info)).toBe(false)
  })

  it('stores arrays per species with --local, and replaces them only when told to', async () => {
    const cwd = await folderWithInput()
    const record = `{ "Cu": ${json}, "Au": ${json} }`
    const args = ['-k', 'd', '--local', '-d', record]
    expect(await autopara(cwd, 'descriptor', 'in.xyz', '-o', 'a.xyz', ...args)).toMatchObject({ code: 0 })
    expect(readFileSync(join(cwd, 'a.xyz'), 'utf8')).toMatch(/:d_Z_29:R:18:d_Z_79:R:18/)
    const again = await autopara(cwd, 'descriptor', 'a.xyz', '-o', 'b.xyz', ...args)
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(/arrays\.d_Z_29 exists already/)
    expect(await autopara(cwd, 'descriptor', 'a.xyz', '-o', 'c.xyz', ...args, '--replace-key')).toMatchObject({
      code: 0,
    })
    expect(readFileSync(join(cwd, 'c.xyz'))).toEqual(readFileSync(join(cwd, 'a.xyz')))
  })

  it('names what is wrong in one line', async () => {
    const cwd = await folderWithInput()
    const bad = await autopara(cwd, 'descriptor', 'in.xyz', '-o', 'o.xyz', '-k', 'd', '-d', '{ nope')
    expect(bad.code).toBe(2)
    expect(bad.stderr).toMatch(/^.*--descs must be JSON.*\n$/)
    const mixed = await autopara(cwd, 'descriptor', 'in.xyz', '-o', 'o.xyz', '-k', 'd', '-d', text, `{ "Cu": ${json} }`)
    expect(mixed.code).toBe(2)
    const missing = await autopara(cwd, 'select', 'in.xyz', '-o', 'o.xyz', '-N', '2', '-k', 'soap')
    expect(missing.code).toBe(1)
    expect(missing.stderr).toMatch(/has no vector info\.soap/)
  })
})
