/**
 * The memory in which values are encoded.
 *
 *     small values   share slabs, one behind the other, so that neighbours can be written in one piece
 *     large values   have memory of their own, which is used again: fresh memory of that size costs more than filling it,
 *                    for the kernel, which clears it, and for the garbage collector, which is called for it
 */
const SLAB = 64 * 1024
/** Values of more bytes than this are large. */
const SMALL = 16 * 1024
/** So much memory may lie idle, bytes … */
const IDLE_BYTES = 16 * 1024 * 1024
/** … in so many parts. */
const IDLE_PARTS = 16

let slab = new ArrayBuffer(0)
let slabUsed = 0
/** Memory of large values that nobody uses, and how much it is. */
const idle: ArrayBuffer[] = []
let idleBytes = 0
/** Memory of large values that is in use. */
const lent = new WeakSet<ArrayBufferLike>()

/** The smallest multiple of 8 that is not below `length`. */
export function align8(length: number): number {
  return Math.ceil(length / 8) * 8
}

/** Memory at a multiple of 8, with room up to the next one behind it. Its content is arbitrary. */
export function encodeMemory(length: number): Uint8Array {
  const room = align8(length)
  if (room > SMALL) return new Uint8Array(largeMemory(room), 0, length)
  if (slabUsed + room > slab.byteLength) {
    slab = Buffer.allocUnsafeSlow(SLAB).buffer
    slabUsed = 0
  }
  const bytes = new Uint8Array(slab, slabUsed, length)
  slabUsed += room
  return bytes
}

/**
 * The value in this memory is needed no more, by anybody: not by a write under way either. Memory that is not of a large
 * value, or was given back, is left alone.
 */
export function giveBack(bytes: Uint8Array): void {
  if (bytes.byteLength <= SMALL) return
  const { buffer } = bytes
  if (!lent.delete(buffer)) return
  idle.push(buffer as ArrayBuffer)
  idleBytes += buffer.byteLength
  while (idle.length > IDLE_PARTS || idleBytes > IDLE_BYTES) idleBytes -= idle.shift()?.byteLength ?? 0
}

/** The last given back that fits and is not twice too large, which is warm; or fresh memory. */
function largeMemory(room: number): ArrayBuffer {
  const place = idle.findLastIndex(({ byteLength }) => byteLength >= room && byteLength <= 2 * room)
  const [found] = place < 0 ? [] : idle.splice(place, 1)
  if (found) idleBytes -= found.byteLength
  const buffer = found ?? Buffer.allocUnsafeSlow(room).buffer
  lent.add(buffer)
  return buffer
}
