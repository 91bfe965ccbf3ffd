/** Relative names mean what they meant when a set was made, whatever folder the program is in by then. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bulk, ConfigSetIn, ConfigSetOut, openAseDatabase } from 'autopara'
import { describe, expect, it } from 'vitest'
import { runScript } from '../run-script.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()

async function folderWithInputs(): Promise<string> {
  const folder = scratch()
  const output = new ConfigSetOut({ outputFiles: join(folder, 'in.xyz') })
  for (let number = 0; number < 5; number++) {
    const atoms = bulk('Cu')
    atoms.info['number'] = number
    await output.write(atoms)
  }
  await output.endWrite()
  const text = readFileSync(join(folder, 'in.xyz'))
  writeFileSync(join(folder, 'in.xyz.gz'), gzipSync(text))
  writeFileSync(join(folder, 'cut.xyz'), text.subarray(0, text.lastIndexOf('\n', -2)))
  using db = await openAseDatabase(join(folder, 'in.db'))
  db.write(await new ConfigSetIn({ inputFiles: join(folder, 'in.xyz') }).toArray())
  return folder
}

/** What the script says, and what is in the folder afterwards. */
async function run(folder: string, elsewhere: string, input: string, output: string) {
  const { stdout, code } = await runScript('own-folder.mjs', { args: [elsewhere, input, output], cwd: folder })
  expect(code).toBe(0)
  return { stdout, files: readdirSync(folder).sort() }
}

describe('a set of relative names', () => {
  it.each([
    ['in.xyz', 'out.xyz'],
    ['./in*.gz', 'out.xyz.gz'],
    ['in.db', 'out.db'],
  ])('is read and written where they were: %s → %s', async (input, output) => {
    const [here, there] = [await folderWithInputs(), await folderWithInputs()]
    const elsewhere = scratch()
    const expected = await run(here, '-', input, output)
    expect(await run(there, elsewhere, input, output)).toEqual(expected)
    const log = expected.files.find((name) => name.endsWith('.failed.jsonl')) ?? ''
    expect(readFileSync(join(there, log), 'utf8')).toBe(readFileSync(join(here, log), 'utf8'))
    if (output.endsWith('.xyz')) expect(readFileSync(join(there, output))).toEqual(readFileSync(join(here, output)))
    expect(readdirSync(elsewhere)).toEqual(['serial'])
    expect(readdirSync(join(elsewhere, 'serial'))).toEqual([])
  })

  it.each([
    ['cut.xyz', 'out.xyz', /cut\.xyz:/],
    ['cut.xyz', 'cut.xyz', /cut\.xyz is an input and an output at once/],
    ['in.xyz', 'nowhere/out.xyz', /can't write nowhere\/out\.xyz: the folder nowhere does not exist/],
  ])('is called by them when something is wrong: %s → %s', async (input, output, message) => {
    const folder = await folderWithInputs()
    const { stdout } = await run(folder, scratch(), input, output)
    expect(stdout).toMatch(message)
    expect(stdout).not.toContain(folder)
  })
})
