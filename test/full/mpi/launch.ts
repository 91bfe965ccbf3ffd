/** Runs programs under the launchers of Open MPI and MPICH. Where one is missing the tests skip, saying so; under CI that is an error. */
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

export type Launcher = 'openmpi' | 'mpich'

/** How a job ended. */
export interface JobEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The job had not ended at its limit: it hung. */
  readonly timedOut: boolean
}

export interface JobOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Options of mpirun. */
  readonly options?: readonly string[]
  /** Seconds; then the job hangs, and is killed. Default 120: on a busy machine three Nodes take their time. */
  readonly limit?: number
  /** What stands before mpirun. */
  readonly before?: readonly string[]
  readonly cwd?: string
}

const LAUNCHERS: readonly Launcher[] = ['openmpi', 'mpich']
const OPTIONS: Readonly<Record<Launcher, readonly string[]>> = {
  openmpi: ['--oversubscribe', '--allow-run-as-root'],
  mpich: [],
}

/** The path of a file beside the fixtures of MPI tests. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/mpi/${name}`, import.meta.url))
}

/** Fails, with all that the job printed, unless it ended with exit code 0. */
export function expectSuccess(job: JobEnd): JobEnd {
  if (job.code !== 0) throw new Error(ended(job))
  return job
}

/** Fails, with all that the job printed, if it hung or ended with exit code 0. */
export function expectFailure(job: JobEnd): JobEnd {
  if (job.code === 0 || job.timedOut) throw new Error(ended(job))
  return job
}

function ended({ code, timedOut, stdout, stderr }: JobEnd): string {
  return `${timedOut ? 'timed out' : `exit code ${code}`}\n${stdout}\n${stderr}`
}

/** Describes tests for both launchers, as far as they are installed. */
export function describeMpi(title: string, tests: (launcher: Launcher) => void): void {
  for (const launcher of LAUNCHERS) {
    const reason = missing(launcher)
    if (reason === undefined) describe(`${title} (${launcher})`, () => tests(launcher))
    else if (process.env['CI'] === 'true') throw new Error(reason)
    else describe.skip(`${title} (${launcher}): ${reason}`, () => tests(launcher))
  }
}

/** Why a program can't be run here, or undefined. */
export function missing(launcher: Launcher): string | undefined {
  const found = spawnSync(`mpirun.${launcher}`, ['--version'], { stdio: 'ignore' })
  return found.error ? `mpirun.${launcher} is not installed` : undefined
}

/** Runs `command` on `ranks` ranks, with WFL_MPIPOOL set. */
export function mpirun(
  launcher: Launcher,
  ranks: number,
  command: readonly string[],
  { env = {}, options = [], limit = 120, before = [], cwd }: JobOptions = {},
): Promise<JobEnd> {
  const job = ['timeout', '-k', '5', String(limit), ...before, `mpirun.${launcher}`]
  const args = [...job, ...OPTIONS[launcher], ...options, '-np', String(ranks), ...command]
  return run(args, { WFL_MPIPOOL: '1', ...env }, cwd, limit)
}

/** Runs a command to its end. `limit` is the one that `command` keeps, in seconds. */
export function run(
  [command, ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<JobEnd> {
  const started = performance.now()
  const child = spawn(command as string, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, ...output, timedOut: performance.now() - started >= limit * 1000 })
    })
  })
}

/** The lines of JSON in a job's output. */
export function jsonLines<T>({ stdout }: JobEnd): T[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{') || line.startsWith('['))
    .map((line) => JSON.parse(line) as T)
}
