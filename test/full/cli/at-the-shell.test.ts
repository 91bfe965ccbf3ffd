import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { bulk, ConfigSetIn, write } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../../scratch-folder.js'

/** What a person does at a terminal: Ctrl-C, pipes, the Tab key, a window of 80 columns. */

const scratch = useScratchFolders()
const bin = fileURLToPath(new URL('../../../lib/cli/autopara.js', import.meta.url))

/** An operation that says where it runs, and waits for a file. */
const GATE = `
import { existsSync } from 'node:fs'
export async function wait(configs, gate) {
  console.log(JSON.stringify([process.pid, process.ppid]))
  while (!existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 10))
  // A turn of the event loop, in which a signal that was sent before is seen.
  await new Promise(setImmediate)
  return configs
}
export function spin() {
  console.log(JSON.stringify([process.pid, process.ppid]))
  for (;;);
}
`

async function folderWith(count: number): Promise<string> {
  const folder = scratch()
  writeFileSync(join(folder, 'gate.mjs'), GATE)
  await write(
    join(folder, 'in.xyz'),
    Array.from({ length: count }, () => bulk('Cu', { cubic: true })),
  )
  return folder
}

function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The processes that still run after a time in which all must have ended. */
async function leftOf(pids: Iterable<number>): Promise<number[]> {
  const all = [...pids]
  const end = performance.now() + 2000
  while (all.some(runs) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
  return all.filter(runs)
}

interface Interrupted {
  code: number | null
  signal: string | null
  stderr: string
  pids: Set<number>
}

/** Runs `autopara run` in a process group of its own, as a terminal does; `onTask` hears of each task that begins. */
async function runGroup(
  cwd: string,
  args: string[],
  onTask: (child: ChildProcess, task: number) => void,
): Promise<Interrupted> {
  const command = [bin, 'run', ...args, 'in.xyz', '-o', 'out.xyz']
  const child = spawn(process.execPath, command, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const pids = new Set<number>()
  let stderr = ''
  let tasks = 0
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  createInterface(child.stdout).on('line', (line) => {
    pids.add((JSON.parse(line) as [number])[0])
    onTask(child, ++tasks)
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, stderr, pids }
}

describe.skipIf(process.platform !== 'linux')('Ctrl-C', () => {
  it.each([0, 1, 2])(
    'with %i workers: what runs is finished, the rest not begun, no half file, no orphan',
    async (npool) => {
      const cwd = await folderWith(8)
      const args = ['./gate.mjs#wait', '--args', '["gate"]', '--npool', String(npool), '--chunksize', '1']
      const ended = await runGroup(cwd, args, (child, task) => {
        if (task > 1) return
        process.kill(-child.pid!, 'SIGINT')
        writeFileSync(join(cwd, 'gate'), '')
      })
      // To a shell this is 130.
      expect([ended.code, ended.signal]).toEqual([null, 'SIGINT'])
      expect(ended.stderr).toBe(
        'autopara: interrupted by SIGINT: what was running is finished, the rest was not begun\n',
      )
      expect(readdirSync(cwd).sort()).toEqual(['gate', 'gate.mjs', 'in.xyz'])
      expect(await leftOf(ended.pids)).toEqual([])
    },
  )

  it('is 130 to a shell', async () => {
    const cwd = await folderWith(4)
    const script = 'node "$0" run ./gate.mjs#wait in.xyz -o out.xyz --npool 1 --args \'["gate"]\'; echo "exit $?"'
    const shell = spawn('sh', ['-c', script, bin], { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
    let last = ''
    createInterface(shell.stdout).on('line', (line) => {
      last = line
      if (!line.startsWith('[')) return
      process.kill((JSON.parse(line) as [number, number])[1], 'SIGINT')
      writeFileSync(join(cwd, 'gate'), '')
    })
    await once(shell, 'close')
    expect(last).toBe('exit 130')
  })

  it('twice kills what spins, and leaves no file under the name of the output', async () => {
    const cwd = await folderWith(4)
    let timer: NodeJS.Timeout | undefined
    const ended = await runGroup(cwd, ['./gate.mjs#spin', '--npool', '2', '--chunksize', '1'], (child) => {
      if (timer) return
      process.kill(-child.pid!, 'SIGINT')
      // The second must be one of its own: the first is taken in a turn of the event loop.
      timer = setTimeout(() => process.kill(-child.pid!, 'SIGINT'), 300)
    })
    expect(ended.signal).toBe('SIGINT')
    expect(await leftOf(ended.pids)).toEqual([])
    expect(readdirSync(cwd)).not.toContain('out.xyz')
  })
})

describe('pipes', () => {
  const shell = (cwd: string, script: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync('bash', ['-c', `set -o pipefail; autopara() { node '${bin}' "$@"; }; ${script}`], {
      cwd,
      encoding: 'utf8',
    })

  it('carry configurations from command to command', async () => {
    const cwd = await folderWith(5)
    const script =
      'cat in.xyz | autopara calculate - -o - --calculator EMT --npool 2 | autopara convert - -o out.xyz.gz && ' +
      'autopara calculate in.xyz -o out.xyz --calculator EMT'
    expect(shell(cwd, script)).toMatchObject({ status: 0, stdout: '' })
    expect(gunzipSync(readFileSync(join(cwd, 'out.xyz.gz')))).toEqual(readFileSync(join(cwd, 'out.xyz')))
    expect(await new ConfigSetIn({ inputFiles: join(cwd, 'out.xyz.gz') }).count()).toBe(5)
  })

  it.each([
    'calculate in.xyz -o - --calculator EMT --npool 2',
    'calculate in.xyz -o - --calculator EMT',
    'convert in.xyz -o -',
    'info in.xyz',
  ])('end quietly when the reader has seen enough: %s | head -1', async (command) => {
    // More than a pipe holds.
    const { status, stdout, stderr } = shell(await folderWith(3000), `autopara ${command} | head -1`)
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stderr.replace(/^calculate: .*\n$/, '')).toBe('')
    expect(status).toBe(0)
  })
})

describe("README's commands", () => {
  it('show that the number of processes changes no byte', () => {
    const cwd = scratch()
    symlinkSync(fileURLToPath(new URL('../../../docs', import.meta.url)), join(cwd, 'docs'))
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
    const [, commands = ''] = /```sh\n([^`]*\ncmp [^`]*)```/.exec(readme) ?? []
    const script = `set -e; npx() { shift; node '${bin}' "$@"; }; ${commands}`
    const { status, stdout } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'the same bytes\n' })
    expect(readdirSync(cwd)).toEqual(expect.arrayContaining(['serial.xyz', 'two.xyz']))
  })
})

/** The prompt of a bash that is through with its rc file. */
const PROMPT = /ready\r?\n.*> /s

/** What an interactive bash with our completion shows on a terminal after these keys. */
async function afterKeys(cwd: string, keys: string): Promise<string> {
  writeFileSync(
    join(cwd, 'rc'),
    `PS1='> '\nautopara() { node '${bin}' "$@"; }\n. <(autopara completion bash)\nbind 'set bell-style none'\necho ready\n`,
  )
  const bash = spawn('script', ['-qec', 'bash --noprofile --rcfile rc -i', '/dev/null'], { cwd, stdio: 'pipe' })
  let screen = ''
  for await (const chunk of bash.stdout) {
    const had = screen
    screen += String(chunk)
    // Keys that come before the prompt are no keys yet, but characters.
    if (!PROMPT.test(had) && PROMPT.test(screen)) bash.stdin.write(keys)
    // The typed line is asked for as a comment, so that nothing is run.
    if (screen.includes('#end')) bash.kill('SIGKILL')
  }
  return screen.slice(screen.indexOf('ready'))
}

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('the Tab key in bash', () => {
  it.each([
    ['autopara calc\t', 'autopara calculate '],
    ['autopara calculate in.xyz --calculator Le\t', '--calculator LennardJones '],
    ['autopara calculate in.xyz --initializer seed\t', '--initializer seed-random '],
    ['autopara minim in.xyz --keep-part last_\t', '--keep-part last_converged '],
    ['autopara calculate in.xyz --calculator-\t', '--calculator-args '],
    ['autopara run ./gat\t', './gate.mjs '],
  ])('%j becomes %j', async (keys, line) => {
    expect(await afterKeys(await folderWith(1), `${keys}#end\n`)).toContain(line)
  })
})

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('on a terminal of 80 columns', () => {
  it('messages are broken between words', async () => {
    const cwd = await folderWith(1)
    const typed = `stty cols 80; node '${bin}' calculate in.xyz -o out.xyz --calculator EMTT`
    const { stdout } = spawnSync('script', ['-qec', typed, '/dev/null'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines = stdout.trimEnd().split(/\r?\n/)
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    expect(lines.join(' ')).toMatch(/No calculator 'EMTT'; did you mean EMT\? .*MODULE#EXPORT/)
  })
})
