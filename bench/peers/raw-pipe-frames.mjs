// Frames of the raw pipe: numbers as one Int32Array, configurations as V8's structure with the arrays raw behind it.
//
//     ┌ u32 length of the rest ┬ u32 length of the structure ┬ structure ┬ array ┬ array ┐   arrays at multiples of 8
import { deserialize, serialize } from 'node:v8'

const up8 = (length) => (length + 7) & ~7

/** The parts of one frame: a list of numbers, or a list of configurations. */
export function encode(items) {
  const arrays = typeof items[0] === 'number' ? [Int32Array.from(items)] : items.flatMap(arraysOf)
  const structure = serialize({
    rest: typeof items[0] === 'number' ? null : items.map(({ pbc, info }) => ({ pbc, info })),
    lengths: arrays.map((array) => array.byteLength),
  })
  let length = up8(8 + structure.length)
  for (const array of arrays) length += up8(array.byteLength)
  const head = Buffer.alloc(up8(8 + structure.length))
  head.writeUInt32LE(length, 0)
  head.writeUInt32LE(structure.length, 4)
  head.set(structure, 8)
  return [head, ...arrays.flatMap((array) => [bytesOf(array), Buffer.alloc(up8(array.byteLength) - array.byteLength)])]
}

/** The items of a frame; their arrays are views on it. */
export function decode(frame) {
  const structureLength = frame.readUInt32LE(4)
  const { rest, lengths } = deserialize(frame.subarray(8, 8 + structureLength))
  let offset = frame.byteOffset + up8(8 + structureLength)
  const view = (Type, length) => {
    const array = new Type(frame.buffer, offset, length / Type.BYTES_PER_ELEMENT)
    offset += up8(length)
    return array
  }
  if (rest === null) return view(Int32Array, lengths[0])
  return rest.map((plain, i) => {
    const own = lengths.slice(4 * i)
    return {
      numbers: view(Int32Array, own[0]),
      positions: view(Float64Array, own[1]),
      cell: view(Float64Array, own[2]),
      arrays: { forces: view(Float64Array, own[3]) },
      ...plain,
    }
  })
}

/** Writes the parts in one go. */
export function writeFrame(pipe, parts) {
  pipe.cork()
  for (const part of parts) if (part.byteLength > 0) pipe.write(part)
  pipe.uncork()
}

/** Calls `onFrame` with each whole frame, in an allocation of its own. */
export function readFrames(pipe, onFrame) {
  let frame
  let filled = 0
  const header = Buffer.alloc(4)
  pipe.on('data', (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (frame === undefined) {
        const taken = chunk.copy(header, filled, at, at + 4 - filled)
        filled += taken
        at += taken
        if (filled < 4) return
        frame = Buffer.allocUnsafeSlow(header.readUInt32LE(0))
        header.copy(frame)
      }
      const taken = chunk.copy(frame, filled, at)
      filled += taken
      at += taken
      if (filled < frame.length) return
      const whole = frame
      frame = undefined
      filled = 0
      onFrame(whole)
    }
  })
}

function arraysOf({ numbers, positions, cell, arrays }) {
  return [numbers, positions, cell, arrays.forces]
}

function bytesOf(array) {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
