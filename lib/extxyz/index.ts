/**
 * The entry `autopara/extxyz`: extended XYZ without Atoms.
 *
 * @module autopara/extxyz
 */
export type { DType, InfoValue, JsonValue, NdArray } from '../base/ndarray.js'
export { atomsToFrame, frameToAtoms } from './convert.js'
export { type CutOptions, cutFrames, type FrameBytes } from './cut-frames.js'
export { ExtxyzError, type ExtxyzRule, type ExtxyzWarning, type Place } from './errors.js'
export type { Frame, InfoTypes } from './frame.js'
export {
  FrameIndex,
  type FrameRange,
  frameRanges,
  type IndexOptions,
  indexFrames,
  type RangeOptions,
} from './frame-index.js'
export { formatKeyValues, parseKeyValues } from './key-values.js'
export type { Dialect } from './quote.js'
export { type IreadOptions, iread, ireadFrames, type Readable, read } from './read.js'
export { type Origin, parseFrames, type ReadOptions, readFrame } from './read-frame.js'
export { type WriteOptions, write } from './write.js'
export { type FormatOptions, FrameWriter, formatFrame } from './write-frame.js'
