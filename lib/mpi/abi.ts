/**
 * What differs between MPI libraries in binary form: how handles are passed, a few constants, the layout of a status.
 *
 * Open MPI and MPICH's numbers are those of their mpi.h and are tested; those of the MPI-5 standard ABI are from the standard,
 * and untried.
 */

/** A kind of MPI library in binary form. */
export type Family = 'openmpi' | 'mpich' | 'abi'

/** A handle as it is passed by value: an address, or a 32-bit number. */
export type MpiHandle = bigint | number

/** The binary interface of a library. */
export interface Abi {
  readonly family: Family
  /** Names it for people. */
  readonly label: string
  /** The C type of handles. */
  readonly handleType: 'void *' | 'int'
  /** Values, or the names of the symbols whose addresses they are. */
  readonly commWorld: MpiHandle | string
  readonly byte: MpiHandle | string
  readonly errorsReturn: MpiHandle | string
  readonly anySource: number
  readonly anyTag: number
  /** MPI_THREAD_FUNNELED. */
  readonly funneled: number
  /** Where MPI_SOURCE and MPI_TAG stand in a status, in 32-bit words. */
  readonly sourceAt: number
  readonly tagAt: number
}

/** The tables. */
export const ABIS: Readonly<Record<Family, Abi>> = {
  openmpi: {
    family: 'openmpi',
    label: 'Open MPI',
    handleType: 'void *',
    commWorld: 'ompi_mpi_comm_world',
    byte: 'ompi_mpi_byte',
    errorsReturn: 'ompi_mpi_errors_return',
    anySource: -1,
    anyTag: -1,
    funneled: 1,
    sourceAt: 0,
    tagAt: 1,
  },
  mpich: {
    family: 'mpich',
    label: 'MPICH',
    handleType: 'int',
    commWorld: 0x44000000,
    byte: 0x4c00010d,
    errorsReturn: 0x54000001,
    anySource: -2,
    anyTag: -1,
    funneled: 1,
    sourceAt: 2,
    tagAt: 3,
  },
  abi: {
    family: 'abi',
    label: 'MPI standard ABI',
    handleType: 'void *',
    commWorld: 0x101n,
    byte: 0x247n,
    errorsReturn: 0x143n,
    anySource: -1,
    anyTag: -2,
    funneled: 1024,
    sourceAt: 0,
    tagAt: 1,
  },
}
