/**
 * The ranks of an MPI job through the C library. Everything is called on the main thread (MPI_THREAD_FUNNELED), and nothing
 * here waits: sends and receives are begun, and asked for later.
 */
import type { MpiHandle } from './abi.js'
import type { Arrival, Comm, Transfer } from './comm.js'
import { MpiError } from './errors.js'
import type { Libmpi, NativeArgument, NativeFunction } from './libmpi.js'

/** MPI_ERR text buffers are at most this long in all families. */
const ERROR_BYTES = 1024

/** The C functions that are used, by the types of their parameters; `handle` is the family's handle type. */
const FUNCTIONS = {
  MPI_Initialized: ['void *'],
  MPI_Finalized: ['void *'],
  MPI_Init_thread: ['void *', 'void *', 'int', 'void *'],
  MPI_Finalize: [],
  MPI_Abort: ['handle', 'int'],
  MPI_Comm_rank: ['handle', 'void *'],
  MPI_Comm_size: ['handle', 'void *'],
  MPI_Comm_dup: ['handle', 'void *'],
  MPI_Comm_set_errhandler: ['handle', 'handle'],
  MPI_Error_string: ['int', 'void *', 'void *'],
  MPI_Isend: ['void *', 'int', 'handle', 'int', 'int', 'handle', 'void *'],
  MPI_Improbe: ['int', 'int', 'handle', 'void *', 'void *', 'void *'],
  MPI_Get_count: ['void *', 'handle', 'void *'],
  MPI_Imrecv: ['void *', 'int', 'handle', 'void *', 'void *'],
  MPI_Test: ['void *', 'void *', 'void *'],
} as const

type Functions = Readonly<Record<keyof typeof FUNCTIONS, NativeFunction>>

/** MPI's own communicator of all ranks, duplicated so that no one else's messages meet ours. */
export class NativeComm implements Comm {
  readonly rank: number
  readonly size: number
  readonly library: string
  readonly #mpi: Functions
  readonly #abi: Libmpi['abi']
  readonly offerCore: () => void
  readonly #world: MpiHandle
  readonly #byte: MpiHandle
  #comm: MpiHandle
  /** Where the library writes what it answers. Long enough to lie outside of V8's heap, at an address that stays. */
  readonly #out = new Int32Array(32)
  readonly #status = new Int32Array(32)
  readonly #handle = new BigUint64Array(16)
  /** A place in it for a second handle. */
  readonly #second = this.#handle.subarray(8)

  /** Initialises MPI; returns when all ranks did. Blocks this thread. */
  constructor(libmpi: Libmpi) {
    this.#mpi = Object.fromEntries(
      Object.entries(FUNCTIONS).map(([name, parameters]) => [name, libmpi.func(name, parameters)]),
    ) as Functions
    this.#abi = libmpi.abi
    this.offerCore = libmpi.offerCore
    this.library = libmpi.version
    const { commWorld, byte, errorsReturn, funneled } = libmpi.abi
    const value = (handle: MpiHandle | string): MpiHandle =>
      typeof handle === 'string' ? libmpi.symbol(handle) : handle
    this.#world = value(commWorld)
    this.#byte = value(byte)
    this.#comm = this.#world
    this.#check('MPI_Initialized', this.#out)
    if (this.#out[0]) throw new MpiError('AUTOPARA_MPI_INIT', 'MPI was initialised by something else in this process')
    this.#check('MPI_Init_thread', null, null, funneled, this.#out)
    this.#check('MPI_Comm_set_errhandler', this.#world, value(errorsReturn))
    this.#check('MPI_Comm_rank', this.#world, this.#out)
    this.rank = this.#out[0] as number
    this.#check('MPI_Comm_size', this.#world, this.#out)
    this.size = this.#out[0] as number
  }

  /** From here on messages go over a communicator of our own. All ranks must call it; blocks. */
  separate(): void {
    this.#handle[0] = 0n
    this.#check('MPI_Comm_dup', this.#world, this.#handle)
    const handle = this.#handle[0] as bigint
    this.#comm = this.#abi.handleType === 'int' ? Number(BigInt.asIntN(32, handle)) : handle
  }

  send(bytes: Uint8Array, dest: number, tag: number): Transfer {
    this.#handle[0] = 0n
    this.#check('MPI_Isend', bytes, bytes.byteLength, this.#byte, dest, tag, this.#comm, this.#handle)
    return this.#transfer(bytes)
  }

  probe(): Arrival | undefined {
    const { anySource, anyTag, sourceAt, tagAt } = this.#abi
    this.#handle[0] = 0n
    this.#check('MPI_Improbe', anySource, anyTag, this.#comm, this.#out, this.#handle, this.#status)
    if (this.#out[0] === 0) return undefined
    const message = this.#handle[0] as bigint
    const source = this.#status[sourceAt] as number
    const tag = this.#status[tagAt] as number
    this.#check('MPI_Get_count', this.#status, this.#byte, this.#out)
    const length = this.#out[0] as number
    return { source, tag, length, receive: (into) => this.#receive(message, into) }
  }

  finalize(): void {
    this.#check('MPI_Finalized', this.#out)
    if (this.#out[0] === 0) this.#check('MPI_Finalize')
  }

  abort(code: number): void {
    this.#mpi.MPI_Abort(this.#world, code)
  }

  #receive(message: bigint, into: Uint8Array): Transfer {
    this.#handle[0] = message
    this.#second[0] = 0n
    this.#check('MPI_Imrecv', into, into.byteLength, this.#byte, this.#handle, this.#second)
    this.#handle[0] = this.#second[0] as bigint
    return this.#transfer(into)
  }

  /** The transfer whose request was just written; it keeps `bytes` alive. */
  #transfer(bytes: Uint8Array): Transfer {
    const request = this.#handle[0] as bigint
    let held: Uint8Array | undefined = bytes
    return {
      done: () => {
        if (held === undefined) return true
        this.#handle[0] = request
        this.#check('MPI_Test', this.#handle, this.#out, this.#status)
        if (this.#out[0] === 0) return false
        held = undefined
        return true
      },
    }
  }

  #check(name: keyof Functions, ...args: NativeArgument[]): void {
    const code = this.#mpi[name](...args)
    if (code !== 0) throw new MpiError('AUTOPARA_MPI_CALL', `${name} failed: ${this.#errorText(code)}`)
  }

  #errorText(code: number): string {
    const text = Buffer.alloc(ERROR_BYTES)
    this.#mpi.MPI_Error_string(code, text, this.#out)
    return text.toString('latin1', 0, Math.max(0, text.indexOf(0))).trim() || `error ${code}`
  }
}
