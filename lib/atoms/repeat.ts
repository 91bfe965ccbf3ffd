/** Repeating a configuration along its lattice vectors. */
import { copyNdArray, type NdArray, sizeOf } from '../base/ndarray.js'
import { checkInteger, typeError } from '../base/options.js'
import type { AtomsParts } from './parts.js'
import { bareRecord, copyInfo } from './record.js'

/** New parts with `times` (or [a, b, c]) images; the last direction runs fastest. */
export function repeatParts(parts: AtomsParts, times: number | readonly [number, number, number]): AtomsParts {
  const counts = typeof times === 'number' ? [times, times, times] : times
  if (!Array.isArray(counts) || counts.length !== 3)
    throw typeError('times', 'a positive integer or three of them', times)
  const [na, nb, nc] = counts.map((count) => checkInteger('times', count, 1, 'a positive integer')) as [
    number,
    number,
    number,
  ]
  const { numbers, positions, cell } = parts
  const images = na * nb * nc
  const newNumbers = new Int32Array(numbers.length * images)
  const newPositions = new Float64Array(positions.length * images)
  let image = 0
  for (let a = 0; a < na; a++) {
    for (let b = 0; b < nb; b++) {
      for (let c = 0; c < nc; c++) {
        newNumbers.set(numbers, image * numbers.length)
        const at = image * positions.length
        for (let i = 0; i < positions.length; i++) {
          const k = i % 3
          newPositions[at + i] = positions[i]! + (a * cell[k]! + b * cell[3 + k]! + c * cell[6 + k]!)
        }
        image++
      }
    }
  }
  return {
    numbers: newNumbers,
    positions: newPositions,
    cell: cell.map((x, i) => x * counts[Math.floor(i / 3)]!),
    pbc: [...parts.pbc],
    info: copyInfo(parts.info),
    arrays: bareRecord(parts.arrays, (array) => repeatArray(array, images)),
    infoTypes: parts.infoTypes && bareRecord(parts.infoTypes),
  }
}

/** The rows of `array`, `images` times over. */
function repeatArray(array: NdArray, images: number): NdArray {
  const shape = [array.shape[0]! * images, ...array.shape.slice(1)]
  const size = sizeOf(array.shape)
  if (array.dtype === 'string') {
    return { dtype: 'string', shape, data: Array.from({ length: images }, () => array.data).flat() }
  }
  const repeated = copyNdArray(array)
  const data = new (array.data.constructor as Float64ArrayConstructor)(size * images)
  for (let image = 0; image < images; image++) data.set(array.data as Float64Array, image * size)
  return { ...repeated, shape, data } as NdArray
}
