/**
 * The memory of the kernel, by byte: what its two sides, WebAssembly and JavaScript, have to agree on. This file belongs to both.
 *
 *     state ┬ columns of the rows ┬ powers of ten ┬ text ┬ data: numbers, and where words stand
 */

/** Results of a call besides the one it returns: how many rows or numbers were done … */
export const DONE = 0
/** … and whether all numbers were written as integers, 0 or 1. */
export const INTEGERS = 4

/** Descriptions of columns: kind, count, address of the data, unused; four 32-bit integers each. */
export const COLUMNS = 64
export const COLUMN_SIZE = 16
export const MOST_COLUMNS = 60

/** Kinds of columns. In the data: doubles, 32-bit integers, bytes 0 or 1, pairs of address and length, 64-bit integers. */
export const REAL = 0
export const INTEGER = 1
export const LOGICAL = 2
export const WORD = 3
export const LONG = 4

/** The powers of ten, 16 bytes each. */
export const POWERS = 1024
/** … and those up to 10^8 as 64-bit integers. */
export const SMALL_POWERS = 3072

/** Text, read or written; a byte 0 must stand behind what is to be read. */
export const TEXT = 4096
export const TEXT_SIZE = 262144

/** Data; a little behind the text, as that is read and written eight bytes at a time. It reaches to the end of the memory. */
export const DATA = 266304
export const DATA_SIZE = 782272

/** How numbers are written: as `String`, as Python's `repr`, and as `%16.8f`. */
export const SHORTEST = 0
export const PYTHON = 1
export const FIXED = 2
