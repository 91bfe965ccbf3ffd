/** What docs/security.md says of files, ports, shells, secrets and permissions. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bulk, ConfigSetIn, ConfigSetOut, calculate, FileCalculator, iterableLoop, Pool, task } from 'autopara'
import { indexFrames } from 'autopara/extxyz'
import { describe, expect, it } from 'vitest'
import { installFaults } from '../fixtures/reliability/fault-files.mjs'
import { listening } from '../fixtures/reliability/hostile-worker.mjs'
import { permissionFlags } from '../permission-flags.js'
import { runNode } from '../run-script.js'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { writeInput } from './soak.js'

const scratch = useScratchFolders()
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/reliability/${name}`, import.meta.url))
const build = fileURLToPath(new URL('../../build/', import.meta.url))
const modules = readdirSync(build, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))

describe('files that are made beside an output', () => {
  it('are private, unless they become what others are to read', async () => {
    const folder = scratch()
    const input = await writeInput(folder, 8, { repeat: 4 })
    const modes: Record<string, string> = {}
    const look = (): void => {
      for (const name of readdirSync(folder)) modes[name] = (statSync(join(folder, name)).mode & 0o777).toString(8)
    }
    const old = process.umask(0o022)
    await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: input }),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz'), resume: true }),
      op: task(fixture('failing.mjs'), 'failInManyWays'),
      npool: 1,
      onError: 'skip',
      progress: { update: look, end: look },
    })
    const scratchFile = await new ConfigSetIn({ inputFiles: input }).toScratchFile(join(folder, 'scratch.xyz'))
    look()
    process.umask(old)
    expect(modes).toEqual({
      'in.xyz': '644',
      'out.xyz.lock': '600',
      'out.xyz.journal': '600',
      'out.xyz.partial': '644',
      'out.xyz.failed.jsonl': '644',
      'out.xyz': '644',
      [scratchFile.slice(folder.length + 1)]: '600',
    })
  })

  it('are as private as the input where they tell of it', async () => {
    const folder = scratch()
    const old = process.umask(0o022)
    const modes: number[] = []
    for (const [name, mode] of [
      ['secret.xyz', 0o600],
      ['open.xyz', 0o644],
    ] as const) {
      const path = await writeInput(folder, 3, { name })
      chmodSync(path, mode)
      const hourAgo = new Date(Date.now() - 3_600_000)
      utimesSync(path, hourAgo, hourAgo)
      await indexFrames(path, { saved: true })
      modes.push(statSync(`${path}.idx`).mode & 0o777)
    }
    process.umask(old)
    expect(modes).toEqual([0o600, 0o644])
  })

  it('have no name where a process keeps results that wait for their turn', async () => {
    const folder = scratch()
    const input = await writeInput(folder, 30, { repeat: 5 })
    const layer = installFaults({ folder })
    await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: input }),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
      op: task(fixture('slow-first.mjs'), 'slowFirst'),
      npool: 2,
      maxAhead: { bytes: 10_000 },
    })
    layer.uninstall()
    const segments = layer.calls.filter((call) => call.includes('segment'))
    expect(segments.slice(0, 2)).toEqual([
      expect.stringMatching(/^openSync \.autopara-segment-/) as string,
      expect.stringMatching(/^unlinkSync \.autopara-segment-/) as string,
    ])
  })

  it('of a calculator stand in a folder of its own that is private', async () => {
    const folder = join(scratch(), "it's a $(touch oops) folder")
    mkdirSync(folder)
    const script = `console.log((require('fs').statSync('.').mode & 0o777).toString(8)); process.exit(process.argv[1] === process.argv[2] ? 1 : 3)`
    const command = `"${process.execPath}" -e "${script}" {input} {input} > ${JSON.stringify('mode.txt')}`
    const calculator = new FileCalculator({ command, folder, keepFiles: 'always' })
    await expect(calculator.calculate(bulk('Cu'))).rejects.toThrow('the command ended with exit code 1')
    const [made = ''] = readdirSync(folder)
    expect(readFileSync(join(folder, made, 'mode.txt'), 'utf8')).toBe('700\n')
    expect(readdirSync(folder)).toHaveLength(1)
  })
})

describe('ports', () => {
  it.skipIf(process.platform !== 'linux').each(['fork', 'cluster', 'thread'] as const)(
    'are not opened by a pool of context %s, nor by its workers',
    async (context) => {
      const before = listening()
      const pool = new Pool({ processes: 2, context })
      const hostile = task(fixture('hostile-worker.mjs'), 'listening')
      expect(await pool.map(hostile, [undefined, undefined], { chunksize: 1 })).toEqual(
        context === 'thread' ? [before, before] : [[], []],
      )
      expect(listening()).toEqual(before)
      await pool.terminate()
    },
  )

  it.skipIf(process.platform !== 'linux')('are not opened by a serial run', async () => {
    const before = listening()
    const pool = new Pool({ processes: 0 })
    expect(await pool.apply(task(fixture('hostile-worker.mjs'), 'listening'), [])).toEqual(before)
    await pool.terminate()
    const seen: string[][] = []
    const look = (): void => void seen.push(listening())
    const folder = scratch()
    await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: await writeInput(folder, 4) }),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
      op: task(fixture('names.mjs'), 'unchanged'),
      npool: 0,
      progress: { update: look, end: look },
    })
    expect(seen.length).toBeGreaterThan(0)
    expect(new Set(seen.flat())).toEqual(new Set(before))
  })

  it('are looked for by a check that finds one', async () => {
    const { createServer } = await import('node:net')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    expect(listening().length).toBeGreaterThan(0)
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('shells', () => {
  it('run nothing but the guardian, and a command line that the user gave as one', () => {
    const starters = modules.filter((name) => /child_process/.test(readFileSync(join(build, name), 'utf8')))
    const shells = starters.flatMap((name) => {
      const text = readFileSync(join(build, name), 'utf8')
      const marks = text.match(
        /\bshell\b\s*:\s*\w+|\/bin\/sh|\bexec(Sync|File|FileSync)?\(['"`]|import \{[^}]*\bexec\b/g,
      )
      return (marks ?? []).map((mark) => `${name.replaceAll('\\', '/')} ${mark}`)
    })
    expect(starters.length).toBeGreaterThan(3)
    expect(shells).toEqual(['lib/calculators/file-calculator.js shell: inShell', 'lib/pool/guardian.js /bin/sh'])
  })

  it('are told nothing by the guardian but process ids', () => {
    const text = readFileSync(join(build, 'lib/pool/guardian.js'), 'utf8')
    const script = /const SCRIPT = `([\s\S]*?)`;/.exec(text)?.[1] ?? ''
    expect(script.length).toBeGreaterThan(300)
    // No value of the program is put into the script (\${ is the shell's own).
    expect(script).not.toMatch(/(?<!\\)\$\{/)
    const told = text.match(/tell\(`[^`]*`\)/g) ?? []
    expect(told.map((call) => call.replace(/\$\{pid\}/, 'PID')).sort()).toEqual([
      'tell(`+ PID`)',
      'tell(`+ PID`)',
      'tell(`- PID`)',
    ])
  })
})

describe('secrets in the environment', () => {
  it.each(['fork', 'thread'])('are written nowhere (%s)', async (context) => {
    const folder = scratch()
    const input = await writeInput(folder, 16)
    const secret = 'correct-horse-battery-staple'
    const { stdout, stderr } = await runNode(
      [fixture('secret-run.mjs'), input, join(folder, 'out.xyz'), join(folder, 'trace.json'), context],
      { env: { API_TOKEN: secret } },
    )
    expect(stderr).toContain('WorkerLostError')
    expect(stderr).toContain('InitializerError')
    const files = readdirSync(folder)
    expect(files).toEqual(expect.arrayContaining(['out.xyz.failed.jsonl', 'trace.json', 'out.xyz.second.journal']))
    for (const text of [stdout, stderr, ...files.map((name) => readFileSync(join(folder, name), 'latin1'))]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain('API_TOKEN')
    }
    recordFigure(`failing run with a secret in the environment: ${context}`, `${files.length} files read`, '0 leaks')
  })
})

describe('the permission model of Node', () => {
  // Other versions of Node: test/full/pool/node-versions.test.ts.
  it.each(['fork', 'cluster', 'thread'])('is passed on to workers (%s)', async (context) => {
    const folder = scratch()
    mkdirSync(join(folder, 'allowed'))
    const flags = permissionFlags(process.versions.node, join(folder, 'allowed'))
    const paths = [join(folder, 'allowed', 'x'), join(folder, 'forbidden')]
    const { stdout, stderr } = await runNode([...flags, fixture('restricted.mjs'), context, ...paths])
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(['written', 'ERR_ACCESS_DENIED'])
    expect(readdirSync(folder)).toEqual(['allowed'])
    expect(readdirSync(join(folder, 'allowed'))).toEqual(['x'])
  })
})

describe('a worker', () => {
  it('loads what the parent names, and nothing that a configuration or an item names', async () => {
    const folder = scratch()
    const marker = join(folder, 'loaded')
    const module = join(folder, 'module.mjs')
    writeFileSync(module, `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(marker)}, '')`)
    const reference = { kind: 'module', url: `file://${module}`, name: 'default' }
    const pool = new Pool({ processes: 1 })
    const unchanged = task(fixture('names.mjs'), 'unchanged')
    const items = [reference, { func: reference }, { autoparaFunction: reference }, { type: 'recipe', spec: reference }]
    expect(await pool.map(unchanged, items)).toEqual(items)
    await pool.terminate()
    const atoms = bulk('Cu')
    atoms.info['op'] = reference
    atoms.info['calculator'] = [{ autoparaFunction: reference }, []]
    await calculate(new ConfigSetIn({ inputConfigs: [atoms] }), new ConfigSetOut(), {
      calculator: [FileCalculator, [{ command: ['true'], keepFiles: 'never' }]],
    }).catch(() => undefined)
    expect(readdirSync(folder)).toEqual(['module.mjs'])
  })
})
