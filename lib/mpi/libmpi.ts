/**
 * Finds and loads the MPI library: the user's own choice, else by the launcher, else what there is.
 *
 * The only file that loads koffi. Quirks of koffi 3: a symbol's address is a bigint; typed arrays are passed as the address
 * of their bytes, without a copy; handles of type `void *` are bigints, of type `int` numbers.
 */
import { envLibmpi, setEnvDefault } from '../base/env.js'
import { ABIS, type Abi, type Family } from './abi.js'
import { MpiError } from './errors.js'
import type { Launcher } from './launcher.js'

/** What is passed to C functions: numbers, handles, and addresses of bytes. */
export type NativeArgument = number | bigint | NodeJS.ArrayBufferView | null

/** A C function as it is called from here. */
export type NativeFunction = (...args: NativeArgument[]) => number

/** A loaded library. */
export interface Libmpi {
  readonly abi: Abi
  /** What it says of itself, in one line. */
  readonly version: string
  /** A function that returns an int; `handle` stands for the ABI's type of handles. */
  func(name: string, parameters: readonly string[]): NativeFunction
  /** The address of a symbol. */
  symbol(name: string): bigint
  /** sched_yield of the C library; does nothing where there is none. */
  offerCore(): void
}

type Koffi = typeof import('koffi')['default']
type Library = ReturnType<Koffi['load']>

/** File names by family, the usual ones first. */
const NAMES: Readonly<Record<Family, readonly string[]>> = {
  openmpi: ['libmpi.so.40', 'libmpi.40.dylib', 'libmpi.so', 'libmpi.dylib'],
  mpich: ['libmpich.so.12', 'libmpi.so.12', 'libmpi.12.dylib', 'libmpich.so', 'libmpi.so', 'libmpi.dylib'],
  abi: ['libmpi_abi.so.0', 'libmpi_abi.so', 'libmpi_abi.0.dylib'],
}

const VERSION_BYTES = 8192

/** Loads the library that fits the launcher. */
export async function loadLibmpi(launcher: Launcher | undefined): Promise<Libmpi> {
  const koffi = await loadKoffi()
  const chosen = envLibmpi()
  const families: readonly Family[] =
    launcher?.family === undefined ? ['openmpi', 'mpich', 'abi'] : [launcher.family, 'abi']
  const names = chosen === undefined ? families.flatMap((family) => NAMES[family]) : [chosen]
  prepareProcess(koffi)
  const failures: string[] = []
  for (const name of names) {
    let library: Library
    try {
      library = koffi.load(name, { global: true, lazy: true })
    } catch (error) {
      failures.push((error as Error).message)
      continue
    }
    const libmpi = wrap(koffi, library, name)
    if (chosen !== undefined || launcher?.family === undefined || families.includes(libmpi.abi.family)) return libmpi
    failures.push(`${name} is ${libmpi.version}`)
  }
  const wanted = chosen ?? (launcher?.family === undefined ? 'an MPI library' : ABIS[launcher.family].label)
  const how =
    chosen === undefined
      ? 'install it (Debian: openmpi-bin or mpich), load its module, or name its file in AUTOPARA_LIBMPI'
      : 'AUTOPARA_LIBMPI must name a shared library of MPI'
  throw new MpiError('AUTOPARA_MPI_NO_LIBRARY', `can't load ${wanted}: ${failures[0]}; ${how}`)
}

async function loadKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default
  } catch (cause) {
    const text = 'MPI needs the package koffi, which is not installed (or not for this platform): npm install koffi'
    throw new MpiError('AUTOPARA_MPI_NO_LIBRARY', text, { cause })
  }
}

/** What must be so in this process before an MPI library is loaded. */
function prepareProcess(koffi: Koffi): void {
  // UCX (under Debian's MPICH) patches memory functions in a way that makes Node crash at random after MPI_Init.
  setEnvDefault('UCX_MEM_EVENTS', 'n')
  // Open MPI on an oversubscribed machine gives the core away in every look for messages; we pause ourselves (poller.ts).
  setEnvDefault('OMPI_MCA_mpi_yield_when_idle', '0')
  if (process.platform !== 'linux') return
  const libc = koffi.load(null)
  const getenv = libc.func('getenv', 'str', ['str']) as unknown as (name: string) => string | null
  if (getenv('UCX_MEM_EVENTS') === null) {
    const text = "this process's environment can't be set: call init() in the main thread, not in a worker thread"
    throw new MpiError('AUTOPARA_MPI_INIT', text)
  }
  keepFreedMemory(libc)
}

/**
 * Lets received messages reuse the memory of earlier ones: glibc would give large blocks back to the system at once, and a
 * fresh block costs ten times a used one (page faults). Other C libraries have no such function.
 */
function keepFreedMemory(libc: Library): void {
  const [trimThreshold, topPad, mmapThreshold, arenaMax] = [-1, -2, -3, -8]
  try {
    const mallopt = libc.func('mallopt', 'int', ['int', 'int']) as unknown as NativeFunction
    mallopt(mmapThreshold, 32 * 2 ** 20)
    mallopt(trimThreshold, 256 * 2 ** 20)
    mallopt(topPad, 16 * 2 ** 20)
    mallopt(arenaMax, 1)
  } catch {
    // Only slower.
  }
}

function wrap(koffi: Koffi, library: Library, name: string): Libmpi {
  const version = libraryVersion(library, name)
  const abi = ABIS[familyOf(library, name, version)]
  return {
    abi,
    version,
    func(symbol, parameters) {
      const types = parameters.map((type) => (type === 'handle' ? abi.handleType : type))
      return library.func(symbol, 'int', types) as unknown as NativeFunction
    },
    symbol: (symbol) => koffi.address(library.symbol(symbol)),
    offerCore: coreOffer(koffi),
  }
}

function coreOffer(koffi: Koffi): () => void {
  try {
    return koffi.load(null).func('sched_yield', 'int', []) as unknown as () => void
  } catch {
    return () => {}
  }
}

function libraryVersion(library: Library, name: string): string {
  try {
    const text = Buffer.alloc(VERSION_BYTES)
    const length = new Int32Array(16)
    const call = library.func('MPI_Get_library_version', 'int', ['void *', 'void *']) as unknown as NativeFunction
    call(text, length)
    return (
      text
        .toString('latin1', 0, text.indexOf(0))
        .split(/\n|, package/)[0]
        ?.replace(/\s+/g, ' ')
        .trim() ?? ''
    )
  } catch (cause) {
    throw new MpiError('AUTOPARA_MPI_NO_LIBRARY', `${name} is no MPI library of version 3 or later`, { cause })
  }
}

function familyOf(library: Library, name: string, version: string): Family {
  if (/mpi_abi/.test(name)) return 'abi'
  if (has(library, 'ompi_mpi_comm_world')) return 'openmpi'
  if (/MPICH|MVAPICH|Intel|CRAY/i.test(version)) return 'mpich'
  if (has(library, 'MPI_Abi_get_version')) return 'abi'
  const text = `${name} (${version}) is neither Open MPI nor of the MPICH family nor of MPI's standard ABI`
  throw new MpiError('AUTOPARA_MPI_NO_LIBRARY', text)
}

function has(library: Library, symbol: string): boolean {
  try {
    library.symbol(symbol)
    return true
  } catch {
    return false
  }
}
