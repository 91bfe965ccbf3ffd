/**
 * The memory in which values are encoded: small ones share slabs, one behind the other, so that neighbours can be written in one
 * piece; large ones have memory that is used again.
 */
import { largeMemory, lend } from '../base/large-memory.js'

const SLAB = 64 * 1024
/** Values of more bytes than this are large. */
const SMALL = 16 * 1024

let slab = new ArrayBuffer(0)
let slabUsed = 0

/** The smallest multiple of 8 that is not below `length`. */
export function align8(length: number): number {
  return Math.ceil(length / 8) * 8
}

/** Memory at a multiple of 8, with room up to the next one behind it. Its content is arbitrary. */
export function encodeMemory(length: number): Uint8Array {
  const room = align8(length)
  if (room > SMALL) return lend(largeMemory(length))
  if (slabUsed + room > slab.byteLength) {
    slab = Buffer.allocUnsafeSlow(SLAB).buffer
    slabUsed = 0
  }
  const bytes = new Uint8Array(slab, slabUsed, length)
  slabUsed += room
  return bytes
}
