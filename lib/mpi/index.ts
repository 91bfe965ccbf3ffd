/**
 * The public API of `autopara/mpi`.
 *
 * @module autopara/mpi
 */
export { MpiError, type MpiErrorCode } from './errors.js'
export { type InitOptions, init } from './init.js'
export { MpiPool } from './mpi-pool.js'
