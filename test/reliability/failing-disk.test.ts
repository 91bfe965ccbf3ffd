/**
 * Disks that fail: each call to the file system fails once with each of the codes that disks fail with; a disk is full, is
 * made read-only, vanishes. What is finished is kept, and the next run completes it.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AutoparaError, ConfigSetIn, ConfigSetOut, calculate, EMT } from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import { installFaults } from '../fixtures/reliability/fault-files.mjs'
import { runs } from '../fixtures/reliability/runs.mjs'
import { runNode } from '../run-script.js'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { filesIn, soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const cli = fileURLToPath(new URL('../../lib/cli/autopara.js', import.meta.url))
/** The quick form tries every so many calls. */
const STRIDE = soak ? 1 : 7

/**
 * The files under `folder` that this process has open, but for inputs, which stay open for a second or two, and databases,
 * which the SQLite for Node 20 lets go of with the garbage.
 */
function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`)
      return path.startsWith(folder) && !/in2?\.xyz$|out\.db/.test(path) ? [path] : []
    } catch {
      return []
    }
  })
}

/** Runs with a fault at call `at`; gives the calls and the error, if it ended with one. */
async function attempt(
  name: keyof typeof runs,
  folder: string,
  at: number,
  action: string,
): Promise<{ calls: string[]; error: unknown }> {
  const layer = installFaults({ folder, at, action, reads: true })
  try {
    await runs[name](folder, { npool: 0 })
    return { calls: layer.calls, error: undefined }
  } catch (error) {
    return { calls: layer.calls, error }
  } finally {
    layer.uninstall()
  }
}

describe.skipIf(process.platform !== 'linux')('a call to the file system that fails', () => {
  it.each(
    (['plain', 'resumed', 'gzip', 'mapped', 'database', 'rerun'] as const).flatMap((name) =>
      ['EIO', 'ENOSPC', 'EMFILE'].map((code) => [name, code] as const),
    ),
  )(
    'is a clear error, and the next run completes the output (%s, %s)',
    async (name, code) => {
      const base = scratch()
      const start = join(base, 'start')
      mkdirSync(start)
      await writeInput(start, 14, { repeat: 4 })
      await writeInput(start, 7, { repeat: 4, name: 'in2.xyz', from: 14 })
      if (name === 'rerun') await runs.skipping(start, { npool: 0 })
      const before = await filesIn(start)
      const whole = join(base, 'whole')
      cpSync(start, whole, { recursive: true })
      const { calls } = await attempt(name, whole, Number.POSITIVE_INFINITY, code)
      const expected = await filesIn(whole)
      let failures = 0
      for (let at = 1; at <= calls.length; at += STRIDE) {
        const folder = join(base, String(at))
        cpSync(start, folder, { recursive: true })
        const faulty = await attempt(name, folder, at, code)
        const what = `${code} at call ${at}: ${faulty.calls[at - 1]}`
        const left = await filesIn(folder)
        if (faulty.error === undefined) expect(left, `${what}, tolerated`).toMatchObject(outputsAmong(expected))
        else {
          failures++
          expect(faulty.error, what).toBeInstanceOf(AutoparaError)
          expect((faulty.error as Error).message, what).toContain(folder)
        }
        for (const [output, text] of Object.entries(outputsAmong(left)))
          expect([before[output], expected[output]], `${output} after ${what}`).toContain(text)
        // A lock that can't be removed stays as long as its process lives.
        if (/^unlink .*\.lock$/.test(faulty.calls[at - 1] as string)) continue
        await runs[name](folder, { npool: 0 })
        expect(await filesIn(folder), `after ${what}`).toEqual(expected)
        expect(openFiles(folder), `open after ${what}`).toEqual([])
        rmSync(folder, { recursive: true })
      }
      expect(failures).toBeGreaterThan(calls.length / STRIDE / 4)
      recordFigure(`${code} at a file call: ${name} output`, `${failures} failures at ${calls.length} calls`, '0 lost')
    },
    600_000,
  )
})

function outputsAmong(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => /^out2?\.(xyz|xyz\.gz|db)$/.test(name)))
}

/** A small disk of its own at `folder`, or why there is none. */
function mountDisk(folder: string, size: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return `no small disk can be mounted here: ${(error as { stderr: Buffer }).stderr}`
  }
}

describe.skipIf(process.platform !== 'linux')('a disk of its own', () => {
  const disks: string[] = []
  afterEach(() => {
    for (const folder of disks.splice(0)) {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true })
    }
  })
  const disk = (size: string): string | undefined => {
    const folder = mkdtempSync(join(tmpdir(), 'autopara-disk-'))
    const trouble = mountDisk(folder, size)
    if (trouble === undefined) {
      disks.push(folder)
      return folder
    }
    rmSync(folder, { recursive: true })
    if (process.env['CI'] === 'true') throw new Error(trouble)
    console.warn(`skipped: ${trouble}`)
    return undefined
  }
  const calculateTo = (folder: string, input: string) =>
    runNode(
      [cli, 'calculate', input, '-o', join(folder, 'out.xyz'), '--calculator', 'EMT', '--npool', '2', '--resume'],
      {},
    )
  const reference = async (input: string): Promise<Buffer> => {
    const path = join(dirname(input), 'reference.xyz')
    const outputs = new ConfigSetOut({ outputFiles: path })
    await calculate(new ConfigSetIn({ inputFiles: input }), outputs, { calculator: [EMT, []] })
    return readFileSync(path)
  }

  it('that is full is an error; with room the run goes on from what was done', async () => {
    const folder = disk('2m')
    if (folder === undefined) return
    const input = await writeInput(scratch(), 60, { repeat: 5 })
    const { code, stderr } = await calculateTo(folder, input)
    expect(stderr).toContain('the disk is full; free some space and start again')
    expect(stderr).toContain(`what is done is kept in ${join(folder, 'out.xyz.partial')}`)
    expect(code).toBe(1)
    expect(readdirSync(folder).sort()).toEqual(['out.xyz.journal', 'out.xyz.partial'])
    const records = readFileSync(join(folder, 'out.xyz.journal'), 'utf8').trim().split('\n')
    expect(records.length).toBeGreaterThan(2)
    execFileSync('mount', ['-o', 'remount,size=64m', folder])
    expect(await calculateTo(folder, input)).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'out.xyz')).equals(await reference(input))).toBe(true)
    expect(readdirSync(folder)).toEqual(['out.xyz'])
    recordFigure('disk full in the middle of a run', '1 time', '0 lost: gone on with after making room')
  })

  it('that can only be read is an error', async () => {
    const folder = disk('2m')
    if (folder === undefined) return
    const input = await writeInput(scratch(), 2)
    execFileSync('mount', ['-o', 'remount,ro', folder])
    const { code, stderr } = await calculateTo(folder, input)
    expect(stderr).toContain(`can't write ${join(folder, 'out.xyz')}: no permission to write in ${folder}`)
    expect(code).toBe(1)
  })
})

describe('a folder that vanishes during the run', () => {
  it.each([0, 2])('is an error that names it (%i workers)', async (npool) => {
    const input = await writeInput(scratch(), 40, { repeat: 4 })
    const folder = join(scratch(), 'results')
    mkdirSync(folder)
    const run = calculate(
      new ConfigSetIn({ inputFiles: input }),
      new ConfigSetOut({ outputFiles: join(folder, 'out.xyz'), resume: true }),
      { calculator: [EMT, []] },
      { npool, progress: { update: () => rmSync(folder, { recursive: true, force: true }) } },
    )
    await expect(run).rejects.toMatchObject({ code: 'AUTOPARA_OUTPUT_FILE' })
    await expect(run).rejects.toThrow(`the folder ${folder} does not exist`)
    mkdirSync(folder)
    await calculate(
      new ConfigSetIn({ inputFiles: input }),
      new ConfigSetOut({ outputFiles: join(folder, 'out.xyz'), resume: true }),
      { calculator: [EMT, []] },
    )
    expect(readdirSync(folder)).toEqual(['out.xyz'])
  })
})
