/**
 * The start of an MPI job: every rank calls `init()` at the start of the same script.
 *
 *     rank 0      init() returns ─► the rest of the script ─► its pools use ranks 1 … N - 1
 *     rank k > 0  init() never returns: serves pools until rank 0's script has ended
 */
import { fstatSync } from 'node:fs'
import { hostname } from 'node:os'
import { envLibmpi, envMpiPool } from '../base/env.js'
import { isLoadingMainInWorker, isMainProcess, neverHere } from '../base/main-module.js'
import { checkBoolean, checkInteger, checkKeys, rangeError } from '../base/options.js'
import { packageVersion } from '../base/package-url.js'
import { announceDeath } from './death-notice.js'
import { MpiError } from './errors.js'
import { watchInit } from './init-watchdog.js'
import { type Place, placeText, say } from './job-end.js'
import { findLauncher, type Launcher } from './launcher.js'
import { loadLibmpi } from './libmpi.js'
import { NativeComm } from './native-comm.js'
import { lead } from './rank-zero.js'
import { reportedOnce } from './reported-once.js'
import { serve } from './serve.js'

/** The options of {@link init}. */
export interface InitOptions {
  /** 1: each rank says on stderr when it starts and ends; 2: also where `init()` was called. Default 0: nothing is printed. */
  verbose?: 0 | 1 | 2
  /** Rank 0 adds a forked worker on its own machine, so that all N tasks compute. Default false: rank 0 only gives out work. */
  rootWorks?: boolean
  /** How long the ranks may take to find each other, ms; then the job is ended. Default 25 000. */
  timeout?: number
}

interface CheckedInitOptions {
  readonly verbose: number
  readonly rootWorks: boolean
  readonly timeout: number
}

const START = 'WFL_MPIPOOL=1 mpirun -np 4 node script.js'
const TIMEOUT = 25_000
let called = false

/**
 * Makes the ranks of an MPI job the workers of this program. To be awaited at the start of the script, on every rank.
 *
 * Without `WFL_MPIPOOL` in the environment it does nothing. With it, only rank 0 comes back: every `iterableLoop` and every
 * `new Pool()` of its script then uses all other ranks (`npool: 0` stays serial); the other ranks serve, and end with rank 0.
 *
 * @throws {MpiError} when the job was started in a wrong way, or there is no MPI library
 * @example
 * import { init } from 'autopara/mpi'
 * await init()
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const settings = checkInitOptions(options)
  if (isLoadingMainInWorker()) return neverHere()
  if (!envMpiPool() || !isMainProcess()) return
  if (called)
    throw new MpiError('AUTOPARA_MPI_INIT', 'init() was called twice; call it once, at the start of the script')
  called = true
  const launcher = findLauncher()
  const trace = settings.verbose === 2 ? (new Error().stack ?? '') : ''
  try {
    await start(launcher, settings, trace)
  } catch (error) {
    throw await reportedOnce(error, launcher)
  }
}

async function start(launcher: Launcher | undefined, settings: CheckedInitOptions, trace: string): Promise<void> {
  if (launcher === undefined && envLibmpi() === undefined) {
    const text = `WFL_MPIPOOL is set, but no MPI launcher started this process; start it so: ${START}`
    throw new MpiError('AUTOPARA_MPI_NO_LAUNCHER', text)
  }
  checkDescriptor(launcher)
  const libmpi = await loadLibmpi(launcher)
  const unwatch = await watchInit(settings.timeout, lateText(settings.timeout, launcher))
  const comm = new NativeComm(libmpi)
  const info = { rank: comm.rank, host: hostname(), pid: process.pid, version: packageVersion() }
  const wrong = wrongSize(comm, launcher)
  if (wrong !== undefined) {
    await unwatch()
    comm.finalize()
    throw wrong
  }
  comm.separate()
  const place: Place = { comm, info }
  if (settings.verbose > 0) announce(place, trace)
  if (launcher?.losesRanks) announceDeath(info)
  if (comm.rank > 0) return serve(place, unwatch, settings.verbose > 0)
  await lead(place, unwatch, settings)
}

/** What is wrong when the ranks are not those that the launcher started. */
function wrongSize(comm: NativeComm, launcher: Launcher | undefined): MpiError | undefined {
  const { size, library } = comm
  const started = launcher?.size
  if (started !== undefined && started !== size) {
    const text =
      `${launcher?.label} started ${started} ranks, but ${library} sees ${size}: ` +
      'the library is not of the same MPI as the launcher; use its mpirun, or name the right library in AUTOPARA_LIBMPI'
    return new MpiError('AUTOPARA_MPI_MISMATCH', text)
  }
  if (size > 1) return undefined
  const text = `an MPI job of one rank has no workers, as rank 0 only gives out work; start two ranks or more: ${START}`
  return new MpiError('AUTOPARA_MPI_NO_LAUNCHER', text)
}

/** Node closes inherited descriptors in its children, so `mpirun.mpich npx …` leaves the ranks without theirs. */
function checkDescriptor(launcher: Launcher | undefined): void {
  if (launcher?.descriptor === undefined) return
  try {
    if (fstatSync(launcher.descriptor).isSocket()) return
  } catch {
    // Not open: as below.
  }
  const text =
    `${launcher.label} left descriptor ${launcher.descriptor} to this process, but it is closed, as by npx or npm run; ` +
    'add the option -pmi-port to mpirun, or start node itself: mpirun -np 4 node_modules/.bin/autopara …'
  throw new MpiError('AUTOPARA_MPI_INIT', text)
}

function lateText(timeout: number, launcher: Launcher | undefined): string {
  const who = launcher?.rank === undefined ? 'a rank' : `rank ${launcher.rank}`
  return (
    `autopara: MPI ${who} on ${hostname()}: not all ranks called init() within ${timeout / 1000} s; ` +
    'every rank must run the same script and reach it (a slow start can have more: init({ timeout }))\n'
  )
}

function announce({ comm, info }: Place, trace: string): void {
  const where = trace === '' ? '' : `; init() was called${trace.slice(trace.indexOf('\n'))}`
  say(`${placeText(info)} of ${comm.size} started (pid ${info.pid}, ${comm.library})${where}`)
}

function checkInitOptions(options: InitOptions): CheckedInitOptions {
  checkKeys(options, ['verbose', 'rootWorks', 'timeout'], 'init')
  const verbose = checkInteger('verbose', options.verbose ?? 0, 0, '0, 1 or 2')
  if (verbose > 2) throw rangeError('verbose', '0, 1 or 2', verbose)
  return {
    verbose,
    rootWorks: checkBoolean('rootWorks', options.rootWorks, false),
    timeout: checkInteger('timeout', options.timeout ?? TIMEOUT, 1, 'a number of milliseconds'),
  }
}
