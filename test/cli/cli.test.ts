import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { bulk, ConfigSetIn, ConfigSetOut } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const bin = fileURLToPath(new URL('../../lib/cli/autopara.js', import.meta.url))

interface Run {
  code: number
  stdout: string
  stderr: string
}

/** Runs the command as a user would. */
function autopara(
  args: string[],
  { cwd = scratch(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    })
  })
}

/** A folder with `in.xyz`: rattled cells of these elements. */
async function folderWith(...symbols: string[]): Promise<string> {
  const folder = scratch()
  const output = new ConfigSetOut({ outputFiles: join(folder, 'in.xyz') })
  for (const [k, symbol] of symbols.entries()) {
    const atoms = bulk(symbol, { cubic: true })
    atoms.positions[0] = 0.01 * k
    await output.write(atoms)
  }
  await output.endWrite()
  return folder
}

describe('autopara calculate', () => {
  it('writes energies, forces and stresses, the same for any number of processes', async () => {
    const cwd = await folderWith('Cu', 'Ag', 'Au', 'Ni', 'Cu')
    const texts = new Set<string>()
    for (const [npool, chunksize] of [
      ['0', '1'],
      ['2', '2'],
      ['2', 'auto'],
    ]) {
      const output = `out-${npool}-${chunksize}.xyz`
      const run = await autopara(
        [
          'calculate',
          'in.xyz',
          '-o',
          output,
          '--calculator',
          'EMT',
          '--npool',
          npool as string,
          '--chunksize',
          chunksize as string,
        ],
        { cwd },
      )
      expect(run).toMatchObject({ code: 0, stdout: '' })
      expect(run.stderr).toMatch(/5 configurations .* → out-/)
      texts.add(readFileSync(join(cwd, output), 'utf8'))
    }
    expect(texts.size).toBe(1)
    const [first] = await new ConfigSetIn({ inputFiles: join(cwd, 'out-0-1.xyz') }).toArray()
    expect(first?.info['EMT_energy']).toBeCloseTo(-0.0227, 4)
    expect(first?.arrays['EMT_forces']?.shape).toEqual([4, 3])
    expect(first?.info['EMT_stress']).toMatchObject({ dtype: 'float64', shape: [6] })
    expect(readdirSync(cwd).sort()).toEqual(['in.xyz', 'out-0-1.xyz', 'out-2-2.xyz', 'out-2-auto.xyz'])
  })

  it('takes the number of processes from the environment, and refuses a malformed one', async () => {
    const cwd = await folderWith('Cu')
    const good = await autopara(['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT'], {
      cwd,
      env: { WFL_AUTOPARA_NPOOL: '2' },
    })
    expect(good.stderr).toMatch(/with 2 processes/)
    const bad = await autopara(['calculate', 'in.xyz', '-o', 'out2.xyz', '--calculator', 'EMT'], {
      cwd,
      env: { WFL_AUTOPARA_NPOOL: 'two' },
    })
    expect(bad).toMatchObject({
      code: 2,
      stderr: 'autopara: WFL_AUTOPARA_NPOOL must be a number of processes (0, 1, 2 …), got "two"\n',
    })
  })

  it('takes calculator arguments and another prefix', async () => {
    const cwd = await folderWith('Cu')
    const args = [
      'calculate',
      'in.xyz',
      '-o',
      'out.xyz',
      '--calculator',
      'LennardJones',
      '--calculator-args',
      '{"epsilon":0.01,"sigma":2.3}',
      '--prefix',
      'lj_',
    ]
    expect((await autopara(args, { cwd })).code).toBe(0)
    const [first] = await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz') }).toArray()
    expect(first?.info['lj_energy']).toBeLessThan(0)
  })

  it('keeps and marks what the calculator can’t do, and says so in the last line', async () => {
    const cwd = await folderWith('Cu', 'Fe', 'Cu')
    const run = await autopara(
      ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--npool', '2', '--chunksize', '3'],
      { cwd },
    )
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/1 failed, the first at \/ 1: .*Fe.*out\.xyz\.failed\.jsonl/)
    const info = (await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz') }).toArray()).map((atoms) => atoms.info)
    expect(info.map((record) => record['EMT_calculation_failed'])).toEqual([undefined, true, undefined])
    expect(info.map((record) => typeof record['EMT_energy'])).toEqual(['number', 'undefined', 'number'])
  })

  it('does nothing when the output is done', async () => {
    const cwd = await folderWith('Cu')
    writeFileSync(join(cwd, 'out.xyz'), '')
    const run = await autopara(['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT'], { cwd })
    expect(run).toMatchObject({ code: 0 })
    expect(run.stderr).toMatch(/not run, since its output is done: out\.xyz/)
    expect(readFileSync(join(cwd, 'out.xyz'), 'utf8')).toBe('')
  })

  it('takes an environment that asks for MPI without a launcher for misuse', async () => {
    const cwd = await folderWith('Cu')
    const run = await autopara(['info', 'in.xyz'], { cwd, env: { WFL_MPIPOOL: '1' } })
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toContain('no MPI launcher started this process')
  })

  it('names results as ASE does without a prefix', async () => {
    const cwd = await folderWith('Cu')
    const command = ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--prefix', '']
    expect(await autopara(command, { cwd })).toMatchObject({ code: 0 })
    const [atoms] = await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz') }).toArray()
    expect(Object.keys(atoms!.info).sort()).toEqual(['energy', 'stress'])
    expect(Object.keys(atoms!.arrays)).toEqual(['forces'])
  })

  it('finds an initializer of a package beside a folder of its name', async () => {
    const cwd = await folderWith('Cu')
    mkdirSync(join(cwd, 'my-plugin'))
    mkdirSync(join(cwd, 'node_modules', 'my-plugin'), { recursive: true })
    writeFileSync(join(cwd, 'node_modules', 'my-plugin', 'package.json'), '{ "exports": "./index.mjs" }')
    const plugin = "export default () => console.error('plugged in')"
    writeFileSync(join(cwd, 'node_modules', 'my-plugin', 'index.mjs'), plugin)
    const command = ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--initializer', 'my-plugin']
    const run = await autopara(command, { cwd })
    expect(run.stderr).toContain('plugged in')
    expect(run.code).toBe(0)
  })

  it('does not take an output full of failures for a success when it is done', async () => {
    const cwd = await folderWith('Cu', 'Fe', 'Fe')
    const command = ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--json']
    const first = await autopara(command, { cwd })
    const again = await autopara(command, { cwd })
    expect([first.code, again.code]).toEqual([1, 1])
    expect(again.stderr).toMatch(
      /2 failed in the run that made it, the first at \/ 1: .*Fe.*out\.xyz\.failed\.jsonl.*--rerun-failed.*--force/,
    )
    const { failed, firstFailure, failureLog } = JSON.parse(first.stdout) as Record<string, unknown>
    const reused = { output: 'out.xyz', reused: true, op: 'calculate', failed, firstFailure, failureLog }
    expect(JSON.parse(again.stdout)).toEqual(reused)
    expect(failed).toBe(2)
  })

  it.each([
    ['a missing file', ['missing.xyz', '--calculator', 'EMT'], 1, /there is no file missing\.xyz/],
    ['a glob without a match', ['*.cif', '--calculator', 'EMT'], 1, /no file matches \*\.cif/],
    ['an unknown calculator', ['in.xyz', '--calculator', 'EMTT'], 2, /No calculator 'EMTT'; did you mean EMT\?/],
    ['an unknown option', ['in.xyz', '--calculator', 'EMT', '--npol', '2'], 2, /unknown option '--npol'[\s\S]*--npool/],
    ['no time for a call', ['in.xyz', '--calculator', 'EMT', '--task-timeout', '0'], 2, /--task-timeout.*positive/],
    ['a negative number of processes', ['in.xyz', '--calculator', 'EMT', '--npool=-1'], 2, /npool/],
    [
      'arguments that are no JSON',
      ['in.xyz', '--calculator', 'EMT', '--calculator-args', '{'],
      2,
      /--calculator-args must be JSON/,
    ],
    [
      'arguments that the calculator refuses',
      ['in.xyz', '--calculator', 'EMT', '--calculator-args', '{"asap":1}'],
      1,
      /asap/,
    ],
    ['a calculator module that does not exist', ['in.xyz', '--calculator', './nowhere.mjs#Mine'], 2, /nowhere\.mjs/],
  ])('refuses %s in one line, with no output', async (_, args, code, message) => {
    const cwd = await folderWith('Cu')
    const run = await autopara(['calculate', ...args, '-o', 'out.xyz'], { cwd })
    expect(run.code).toBe(code)
    expect(run.stderr).toMatch(message)
    expect(
      run.stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('    at ')),
    ).toEqual([])
    expect(readdirSync(cwd)).toEqual(['in.xyz'])
  })

  it('refuses an output folder that does not exist', async () => {
    const cwd = await folderWith('Cu')
    const run = await autopara(['calculate', 'in.xyz', '-o', 'no/out.xyz', '--calculator', 'EMT'], { cwd })
    expect(run).toMatchObject({ code: 1 })
    expect(run.stderr).toMatch(/the folder no does not exist; create it first/)
  })

  it('refuses a truncated frame with file, frame and line, and leaves no output', async () => {
    const cwd = await folderWith('Cu', 'Cu')
    const text = readFileSync(join(cwd, 'in.xyz'), 'utf8')
    writeFileSync(join(cwd, 'in.xyz'), text.slice(0, text.lastIndexOf('\nCu')))
    const run = await autopara(['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--npool', '2'], { cwd })
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/in\.xyz:\d+:\d+, frame 1/)
    expect(existsSync(join(cwd, 'out.xyz'))).toBe(false)
  })
})

describe('autopara md', () => {
  it('writes a trajectory for each configuration, the same for any number of processes', async () => {
    const cwd = await folderWith('Cu', 'Al', 'Ni')
    const texts = new Set<string>()
    for (const npool of ['0', '2']) {
      const args = [
        'md',
        'in.xyz',
        '-o',
        `out-${npool}.xyz`,
        '--calculator',
        'EMT',
        '--steps',
        '4',
        '--dt',
        '2',
        '--interval',
        '2',
        '--temperature',
        '300',
        '--seed',
        '5',
        '--npool',
        npool,
      ]
      expect(await autopara(args, { cwd })).toMatchObject({ code: 0 })
      texts.add(readFileSync(join(cwd, `out-${npool}.xyz`), 'utf8'))
    }
    expect(texts.size).toBe(1)
    const frames = await new ConfigSetIn({ inputFiles: join(cwd, 'out-0.xyz') }).toArray()
    expect(frames.map((atoms) => atoms.info['MD_time_fs'])).toEqual([0, 4, 8, 0, 4, 8, 0, 4, 8])
  })

  it('keeps and marks the configuration that it can’t do', async () => {
    const cwd = await folderWith('Cu', 'Fe')
    const args = ['md', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--steps', '1', '--dt', '1', '--npool', '2']
    const run = await autopara(args, { cwd })
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/1 failed, the first at \/ 1: md: .*Fe/)
    const frames = await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz') }).toArray()
    expect(frames.map((atoms) => atoms.info['md_calculation_failed'])).toEqual([undefined, undefined, true])
  })

  it('refuses options that don’t go together, before anything runs', async () => {
    const cwd = await folderWith('Cu')
    const run = await autopara(
      ['md', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--steps', '1', '--dt', '1', '--temperature-tau', '5'],
      { cwd },
    )
    expect(run).toMatchObject({ code: 2 })
    expect(run.stderr).toMatch(/`temperature` must be given \(K\) for a thermostat/)
  })
})

describe('autopara minim', () => {
  it('relaxes every configuration', async () => {
    const cwd = await folderWith('Cu', 'Al', 'Ni')
    const args = [
      'minim',
      'in.xyz',
      '-o',
      'out.xyz',
      '--calculator',
      'EMT',
      '--fmax',
      '0.01',
      '--keep-part',
      'last',
      '--npool',
      '2',
    ]
    expect(await autopara(args, { cwd })).toMatchObject({ code: 0 })
    const relaxed = await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz') }).toArray()
    expect(relaxed.map((atoms) => atoms.info['minim_config_type'])).toEqual(Array(3).fill('minim_last_converged'))
  })
})

describe('streams', () => {
  it('reads standard input and writes standard output, as bytes that the workers parse', async () => {
    const cwd = await folderWith('Cu', 'Ag', 'Au')
    const args = ['calculate', '-', '-o', '-', '--calculator', 'EMT', '--npool', '2']
    const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['pipe', 'pipe', 'ignore'] })
    child.stdin.end(readFileSync(join(cwd, 'in.xyz')))
    const [piped, file] = await Promise.all([
      text(child.stdout),
      autopara(['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT'], { cwd }),
    ])
    expect(file.code).toBe(0)
    expect(piped).toBe(readFileSync(join(cwd, 'out.xyz'), 'utf8'))
  })

  it.skipIf(process.platform !== 'linux').each([
    ['info', 'in.xyz'],
    ['info', '--json', 'in.xyz'],
    ['calculate', 'in.xyz', '-o', '-', '--calculator', 'EMT'],
    ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--json'],
    ['convert', 'in.xyz', '-o', '-'],
    ['--help', 'calculate'],
  ])('says in one line that standard output can’t be written (%s %s …)', async (...args) => {
    const cwd = await folderWith('Cu')
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', full, 'pipe'] })
    closeSync(full)
    const [said, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')])
    const lines = said.trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^autopara: can't write standard output: ENOSPC/)
    expect(said).not.toMatch(/^ {4}at /m)
    expect(code).toBe(1)
  })

  it('computes on when nobody reads stderr', async () => {
    const cwd = await folderWith('Cu')
    const args = ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT']
    const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.destroy()
    expect(await once(child, 'close')).toEqual([0, null])
    expect(existsSync(join(cwd, 'out.xyz'))).toBe(true)
  })

  it('refuses an empty name for the output before it computes', async () => {
    const cwd = await folderWith('Cu')
    const { code, stderr } = await autopara(['calculate', 'in.xyz', '-o', '', '--calculator', 'EMT'], { cwd })
    expect(stderr).toMatch(/^autopara: `outputFiles` must be the path of a file, or - for standard output, got "" /)
    expect(code).toBe(2)
    expect(readdirSync(cwd)).toEqual(['in.xyz'])
  })

  it('inflates and deflates .gz', async () => {
    const cwd = await folderWith('Cu', 'Ag', 'Au')
    writeFileSync(join(cwd, 'in.xyz.gz'), gzipSync(readFileSync(join(cwd, 'in.xyz'))))
    expect(
      (
        await autopara(['calculate', 'in.xyz.gz@1:', '-o', 'out.xyz.gz', '--calculator', 'EMT', '--npool', '2'], {
          cwd,
        })
      ).code,
    ).toBe(0)
    const info = (await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz.gz') }).toArray()).map(
      (atoms) => atoms.symbols[0],
    )
    expect(info).toEqual(['Ag', 'Au'])
  })
})

describe('databases', () => {
  it('are inputs and outputs, the rows of a run named by its tags', async () => {
    const cwd = await folderWith('Cu', 'Au')
    expect(await autopara(['convert', 'in.xyz', '-o', 'set.db'], { cwd })).toMatchObject({ code: 0 })
    const args = ['calculate', 'set.db@Au', '-o', 'set.db', '--calculator', 'EMT', '--properties', 'energy']
    expect(await autopara(args, { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs --tag') as string,
    })
    const tagged = [...args, '--tag', 'run=emt', 'n=1', '--tag', 'on=true']
    expect(await autopara(tagged, { cwd })).toMatchObject({ code: 0 })
    const configs = await new ConfigSetIn({ db: join(cwd, 'set.db'), inputQueries: 'run=emt' }).toArray()
    expect(configs.map(({ formula, info }) => [formula, info['n'], info['on'], typeof info['EMT_energy']])).toEqual([
      ['Au4', 1, true, 'number'],
    ])
    expect((await autopara(tagged, { cwd })).stderr).toContain('its output is done')
  })
})

describe('autopara run', () => {
  const ops = fileURLToPath(new URL('../fixtures/ops.mjs', import.meta.url))

  it('runs anyone’s operation', async () => {
    const cwd = await folderWith('Cu', 'Ag')
    expect(
      await autopara(['run', `${ops}#shift`, 'in.xyz', '-o', 'out.xyz', '--args', '[1.5]', '--npool', '2'], { cwd }),
    ).toMatchObject({ code: 0 })
    expect(
      (await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz') }).toArray()).map((atoms) => atoms.positions[0]),
    ).toEqual([1.5, 1.51])
  })

  it.each([
    ['a module that does not exist', './none.mjs#shift', 2, /there is no file \.\/none\.mjs/],
    ['an export that does not exist', `${ops}#none`, 1, /has no export none/],
  ])('names %s', async (_, operation, code, message) => {
    const cwd = await folderWith('Cu')
    const run = await autopara(['run', operation, 'in.xyz', '-o', 'out.xyz'], { cwd })
    expect(run.code).toBe(code)
    expect(run.stderr).toMatch(message)
    expect(readdirSync(cwd)).toEqual(['in.xyz'])
  })
})

describe('autopara info', () => {
  it('says what a file holds', async () => {
    const cwd = await folderWith('Cu', 'Ag')
    const { code, stdout } = await autopara(['info', 'in.xyz'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/configurations: 2\natoms: 8 \(4 … 4 each\)\nspecies: Cu 4, Ag 4\npbc: TTT 2/)
  })

  it('prints JSON for machines', async () => {
    const cwd = await folderWith('Cu', 'Ag')
    const { stdout } = await autopara(['info', '--json', 'in.xyz@-1'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ configurations: 1, species: { Ag: 4 }, atoms: { total: 4 } })
  })
})

describe('autopara', () => {
  it('shows help and version with exit code 0', async () => {
    expect(await autopara(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('calculate') })
    expect(await autopara(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it('suggests a command', async () => {
    const run = await autopara(['calculat'])
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/Did you mean calculate\?/)
  })
})
