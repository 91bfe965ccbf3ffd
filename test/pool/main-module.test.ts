import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'autopara'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runNode, runScript } from '../run-script.js'
import { lengthOf } from '../transformed/typed.js'

let folder = ''
// Not at the top level, which a worker runs, too, when it looks for a function of this file.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'autopara-main-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const project = fileURLToPath(new URL('../..', import.meta.url))
const squares = { code: 0, stderr: '', stdout: '[2,5,10]\n' }

describe('operation and loop in one script', () => {
  it.each(['fork', 'cluster', 'thread', 'serial'])('run without a guard: %s', async (context) => {
    expect(await runScript('simplest.mjs', { args: [context] })).toEqual(squares)
  })

  it.each([[[]], [['--preserve-symlinks-main']]])(
    'run when started through a symbolic link, with flags %j',
    async (flags) => {
      const link = join(project, `.link-test-${process.pid}.mjs`)
      symlinkSync(fileURLToPath(new URL('../fixtures/scripts/simplest.mjs', import.meta.url)), link)
      try {
        expect(await runScript(link, { flags })).toEqual(squares)
      } finally {
        rmSync(link)
      }
    },
  )

  it('run when the script is imported by the main module', async () => {
    expect(await runScript('launcher.mjs')).toEqual(squares)
  })

  it('run without a top-level await', async () => {
    expect(await runScript('main-function.mjs')).toEqual({ code: 0, stderr: '', stdout: '[2,4,6]\n' })
  })

  it('run as CommonJS', async () => {
    const { code, stdout } = await runScript('common.cjs')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[3,6,9]\n' })
  })

  it('run under coverage', async () => {
    expect(await runScript('simplest.mjs', { env: { NODE_V8_COVERAGE: join(folder, 'coverage') } })).toEqual(squares)
    expect(readdirSync(join(folder, 'coverage')).length).toBeGreaterThan(1)
  })

  it('run with the inspector open, which the workers do not open again', async () => {
    const { code, stdout, stderr } = await runScript('simplest.mjs', { flags: ['--inspect=127.0.0.1:0'] })
    expect({ code, stdout }).toEqual({ code: 0, stdout: squares.stdout })
    expect(stderr.match(/Debugger listening/g)).toHaveLength(1)
  })

  it('run under the permission model', async () => {
    const model = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
    const flags = [
      model,
      '--allow-fs-read=*',
      '--allow-fs-write=*',
      '--allow-child-process',
      '--allow-worker',
      '--no-warnings',
    ]
    const { code, stdout } = await runScript('simplest.mjs', { flags })
    expect({ code, stdout }).toEqual({ code: 0, stdout: squares.stdout })
  })

  it('run as a bundle that leaves autopara outside', async () => {
    const outfile = join(project, `.bundle-test-${process.pid}.mjs`)
    try {
      await build({
        entryPoints: [fileURLToPath(new URL('../fixtures/scripts/simplest.mjs', import.meta.url))],
        bundle: true,
        minify: true,
        platform: 'node',
        format: 'esm',
        external: ['autopara'],
        outfile,
      })
      expect(await runScript(outfile)).toEqual(squares)
    } finally {
      rmSync(outfile, { force: true })
    }
  })

  it('run as TypeScript under tsx', async () => {
    const { code, stdout } = await runScript('typed.mts', { flags: ['--import', 'tsx'] })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[1,4]\n' })
  })
})

describe('the main module in a worker', () => {
  it('gives what any top-level name holds: exported or not, renamed, default, a class', async () => {
    const { code, stdout } = await runScript('kinds.mjs')
    expect(stdout.split('\n')).toEqual(['2', '3', '4', '5', '{"x":1}', '7', '5', '6', '0 4', ''])
    expect(code).toBe(0)
  })

  it('has names without a value below the first await: BootstrapError says what to do', async () => {
    const { stdout, code } = await runScript('late.mjs')
    expect(stdout).toBe('ReferenceError true\nBootstrapError LATE true\n')
    expect(code).toBe(0)
  })

  it.each([
    ['as such', 'done', 'Teapot Teapot true\n'],
    ['as RemoteErrors while the program waits at its top level', 'waiting', 'Teapot RemoteError false\n'],
  ])('gives errors of its own classes: %s', async (_, how, line) => {
    expect(await runScript('own-error.mjs', { args: [how] })).toEqual({ code: 0, stderr: '', stdout: line.repeat(2) })
  })

  it('sees the arguments of the program, and that it is no main process', async () => {
    const { stdout } = await runScript('arguments.mjs', { args: ['7', 'rest'] })
    expect(JSON.parse(stdout)).toEqual([true, [35, false, ['7', 'rest']]])
  })

  it('can make a pool in a task, with functions of the main module', async () => {
    const { stdout, code } = await runScript('nested.mjs')
    expect({ stdout, code }).toEqual({ stdout: '[[2,3],[4]]\n', code: 0 })
  })

  it.each(['fork', 'thread'])('can start a server, whose error there does not end the worker: %s', async (context) => {
    const { code, stdout, stderr } = await runScript('server.mjs', { args: [String(await freePort()), context] })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '42\n' })
    expect(stderr).toMatch(/^autopara: uncaught where a worker loads the main module again .*EADDRINUSE.*\n$/)
  })

  it('that throws is reported with its error', async () => {
    const script = join(project, `.throwing-test-${process.pid}.mjs`)
    writeFileSync(
      script,
      `import { isMainProcess, Pool } from 'autopara'
export const f = (x) => x
if (!isMainProcess()) throw new Error('not here')
const error = await new Pool(1).map(f, [1]).catch((reason) => reason)
console.log(error.name, error.cause.message)
process.exit()`,
    )
    try {
      expect((await runScript(script)).stdout).toBe('TaskFunctionError not here\n')
    } finally {
      rmSync(script)
    }
  })
})

describe('what the module of a task starts while a worker loads it', () => {
  it('goes no further than to its first call of a pool', async () => {
    const log = join(folder, 'starts-once.log')
    const { stdout, code } = await runScript('late-launcher.mjs', { args: [log] })
    expect({ stdout, code }).toEqual({ stdout: '[2,4,6]\n', code: 0 })
    expect(readFileSync(log, 'utf8').match(/done/g)).toHaveLength(1)
  })

  it('may be a pool, which starts when a task uses it', async () => {
    const { stdout, code } = await runScript('uses-module-pool.mjs')
    expect({ stdout, code }).toEqual({ stdout: '[[2,3],0]\n[[true,[2,3]],1]\n', code: 0 })
  })

  it.each([
    ['waits for a pool: BootstrapError', 'waiting.mjs', 'BootstrapError lookUp\n'],
    ['imports in a circle: TaskFunctionError', 'circle.mjs', 'TaskFunctionError scaled\n'],
  ])('is an error if it %s', async (_, script, expected) => {
    const { stdout, code } = await runScript(script)
    expect({ stdout, code }).toEqual({ stdout: expected, code: 0 })
  })
})

describe('functions that no worker can find', () => {
  it('are refused by name', async () => {
    const { stdout, code } = await runScript('refused.mjs')
    const names = ['scaled', '(anonymous)', 'sqrt', 'bound scale', 'half', 'third', 'anonymous']
    expect(stdout.trim().split('\n')).toEqual(names.map((name) => `TaskFunctionError ${name} AUTOPARA_TASK_FUNCTION`))
    expect(code).toBe(0)
  })

  it.each([
    ['-e', 'fork', ['--input-type=module', '-e']],
    ['--print', 'fork', ['--input-type=commonjs', '-p']],
    ['-e', 'thread', ['--input-type=module', '-e']],
  ])('are refused under %s (%s), where inline works', async (_, context, flags) => {
    const source = `
      import('autopara').then(async ({ Pool, inline }) => {
        const pool = new Pool({ processes: 1, context: '${context}' })
        const f = (x) => x + 1
        const error = await pool.map(f, [1]).catch((reason) => reason)
        console.log(error.name, error.func, JSON.stringify(await pool.map(inline(f), [1])))
        await pool.terminate()
      }); 0`
    const { stdout } = await runNode([...flags, source], { cwd: project })
    expect(stdout).toContain('TaskFunctionError f [2]')
  })
})

describe('a function of a test file', () => {
  it('is refused with what went wrong and the ways out, since no worker can load the file', async () => {
    const here = (x: number): number => x
    const pool = new Pool({ processes: 1, execArgv: ['--import', 'tsx'] })
    await expect(pool.map(here, [1])).rejects.toMatchObject({
      name: 'TaskFunctionError',
      func: 'here',
      message: expect.stringMatching(
        /main-module\.test\.ts can't be loaded there: .*export it .*task\(url, name\).*inline/s,
      ),
    })
    await pool.terminate()
  })
})

describe('TypeScript modules', () => {
  it('run in a worker that gets the flags for it', async () => {
    const pool = new Pool({ processes: 1, execArgv: ['--import', 'tsx'] })
    expect(await pool.map(lengthOf, ['a', 'bcd'])).toEqual([1, 3])
    await pool.terminate()
  })

  it.skipIf('typescript' in process.features)(
    'are refused with the flag to set by a Node that runs no TypeScript',
    async () => {
      const pool = new Pool(1)
      await expect(pool.map(lengthOf, ['a'])).rejects.toMatchObject({
        name: 'TaskFunctionError',
        message: expect.stringContaining('--import tsx'),
      })
      await pool.terminate()
    },
  )
})
