/** What the rest of this folder needs of MPI: bytes from rank to rank. `native-comm.ts` is it, tests have another. */

/** A message or a part of one, on its way. */
export interface Transfer {
  /** Whether it is through; asking also drives it on. Once true, not to be asked again. */
  done(): boolean
}

/** A message that has come and is not yet received. */
export interface Arrival {
  readonly source: number
  readonly tag: number
  readonly length: number
  /** Begins to receive it into `into`, which must be of its length and stay untouched until the transfer is done. */
  receive(into: Uint8Array): Transfer
}

/** All ranks of a job, from the place of one. */
export interface Comm {
  readonly rank: number
  readonly size: number
  /** The library and its version. */
  readonly library: string
  /** Begins to send; `bytes` must stay as they are until the transfer is done. Messages from one rank to another arrive in order. */
  send(bytes: Uint8Array, dest: number, tag: number): Transfer
  /** The next message from any rank, if one has come. */
  probe(): Arrival | undefined
  /** Lets another process have this core, if one wants it. */
  offerCore(): void
  /** Leaves MPI in order; all ranks must do so. */
  finalize(): void
  /** Ends all ranks of the job at once; mpirun then exits with `code`. Does not return. */
  abort(code: number): void
}
