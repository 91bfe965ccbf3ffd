/**
 * Memory that is used again: fresh memory of more than a few pages costs more than filling it, for the kernel, which clears it,
 * and for the garbage collector, which is called for it.
 */

/** What has no more bytes than this is not worth it. */
const SMALL = 16 * 1024
/** So much memory may lie idle, bytes … */
const IDLE_BYTES = 16 * 1024 * 1024
/** … in so many parts. */
const IDLE_PARTS = 16

/** Memory that nobody uses, and how much it is. */
const idle: ArrayBuffer[] = []
let idleBytes = 0
/** Memory in use that may be given back. */
const lent = new WeakSet<ArrayBufferLike>()

/** The last given back that fits and is not half as large again, which is warm; or fresh memory. There is room up to a multiple of 8. */
export function largeMemory(length: number): Uint8Array<ArrayBuffer> {
  const room = Math.ceil(length / 8) * 8
  const place = idle.findLastIndex(({ byteLength }) => byteLength >= room && byteLength <= 1.5 * room)
  const [found] = place < 0 ? [] : idle.splice(place, 1)
  if (found) idleBytes -= found.byteLength
  return new Uint8Array(found ?? Buffer.allocUnsafeSlow(room).buffer, 0, length)
}

/** These bytes have their memory, one of {@link largeMemory}, for themselves: who needs them no more may give it back. */
export function lend<T extends Uint8Array>(bytes: T): T {
  if (bytes.byteLength > SMALL) lent.add(bytes.buffer)
  return bytes
}

/**
 * These bytes are needed no more, by anybody: not by a write under way either. Memory that was not lent, or is given back already,
 * is left alone.
 */
export function giveBack(bytes: Uint8Array): void {
  if (bytes.byteLength <= SMALL) return
  const { buffer } = bytes
  if (!lent.delete(buffer)) return
  idle.push(buffer as ArrayBuffer)
  idleBytes += buffer.byteLength
  while (idle.length > IDLE_PARTS || idleBytes > IDLE_BYTES) idleBytes -= idle.shift()?.byteLength ?? 0
}
