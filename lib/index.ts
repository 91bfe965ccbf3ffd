/** The public API of autopara: every name that a program may import from 'autopara'. */
export { type CurrentWorker, currentWorker } from './base/current-worker.js'
export { AutoparaError, EnvironmentError, OptionRangeError, OptionTypeError } from './base/errors.js'
export type { DType, InfoValue, JsonValue, NdArray } from './base/ndarray.js'
export { processRng, Rng, type RngKey, type RngState } from './base/random.js'
