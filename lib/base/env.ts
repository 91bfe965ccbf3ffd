/**
 * The only file that reads autopara's environment variables.
 *
 * A malformed value is an error that names the variable; an empty one counts as unset.
 */
import { EnvironmentError } from './errors.js'
import { nearest } from './options.js'
import { tell } from './tell.js'

/** The variables that mean something to autopara. */
const VARIABLES = [
  'WFL_AUTOPARA_NPOOL',
  'WFL_MPIPOOL',
  'AUTOPARA_LIBMPI',
  'AUTOPARA_PROGRESS',
  'AUTOPARA_TRACE',
] as const

/** How the names of autopara's variables begin; others may have variables that begin so, too. */
const PREFIX = /^(?:WFL_)?AUTOPARA_/

let warned = false

/** Says once, on stderr, which variables are probably misspelt ones of autopara's: they count for nothing. */
export function warnOfMisspeltVariables(): void {
  if (warned) return
  warned = true
  for (const name of Object.keys(process.env)) {
    if (!PREFIX.test(name) || VARIABLES.some((known) => known === name)) continue
    const short = (variable: string): string => variable.replace(PREFIX, '')
    const near = nearest(short(name), VARIABLES.map(short))
    const meant = VARIABLES.find((known) => short(known) === near)
    if (meant !== undefined) tell(`autopara: warning: ${name} is no variable of autopara; did you mean ${meant}?\n`)
  }
}

function read(name: string): string | undefined {
  const value = process.env[name]
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}

/** `WFL_AUTOPARA_NPOOL`: the number of worker processes of a loop; 0 is serial. */
export function envNpool(): number | undefined {
  const value = read('WFL_AUTOPARA_NPOOL')
  if (value === undefined) return undefined
  if (!/^\+?\d+$/.test(value)) {
    throw new EnvironmentError(
      'WFL_AUTOPARA_NPOOL',
      `WFL_AUTOPARA_NPOOL must be a number of processes (0, 1, 2 …), got ${JSON.stringify(value)}`,
    )
  }
  return Number(value)
}

/** Whether `WFL_MPIPOOL` is set (to whatever value), which asks for MPI. */
export function envMpiPool(): boolean {
  return read('WFL_MPIPOOL') !== undefined
}

/** `AUTOPARA_LIBMPI`: the MPI library to load. */
export function envLibmpi(): string | undefined {
  return read('AUTOPARA_LIBMPI')
}

/** `AUTOPARA_PROGRESS`: `1` shows progress, `0` does not. */
export function envProgress(): boolean | undefined {
  const value = read('AUTOPARA_PROGRESS')
  if (value === undefined) return undefined
  if (value !== '0' && value !== '1') {
    throw new EnvironmentError('AUTOPARA_PROGRESS', `AUTOPARA_PROGRESS must be 0 or 1, got ${JSON.stringify(value)}`)
  }
  return value === '1'
}

/** `AUTOPARA_TRACE`: the file that a trace is written to. */
export function envTrace(): string | undefined {
  return read('AUTOPARA_TRACE')
}

/** What launchers of MPI jobs say; everything undefined where there is none. */
export interface LauncherVariables {
  readonly openMpi: RankVariables
  readonly pmi: RankVariables & { readonly fd: number | undefined; readonly local: number | undefined }
  readonly pmix: Pick<RankVariables, 'rank'>
  readonly slurm: RankVariables
}

/** How many ranks there are, and which one this is. */
export interface RankVariables {
  readonly size: number | undefined
  readonly rank: number | undefined
}

/** The variables that mpirun and srun give to the processes that they start. */
export function envLauncher(): LauncherVariables {
  return {
    openMpi: { size: count('OMPI_COMM_WORLD_SIZE'), rank: count('OMPI_COMM_WORLD_RANK') },
    pmi: { size: count('PMI_SIZE'), rank: count('PMI_RANK'), fd: count('PMI_FD'), local: count('MPI_LOCALRANKID') },
    pmix: { rank: count('PMIX_RANK') },
    slurm: { size: count('SLURM_STEP_NUM_TASKS'), rank: count('SLURM_PROCID') },
  }
}

/** Sets a variable of this process, in C code too, unless the user did. */
export function setEnvDefault(name: string, value: string): void {
  if (read(name) === undefined) process.env[name] = value
}

/** A variable that others set: what is no number counts as unset. */
function count(name: string): number | undefined {
  const value = read(name)
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
}
