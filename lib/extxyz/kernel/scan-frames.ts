/**
 * Where frames end, by their natoms lines and by counting newlines, sixteen bytes at a time.
 */
import { DATA, DATA_SIZE } from './layout'
import { skipBlanks } from './read-real'

/** A count of atoms of more digits than this is left to the other side. */
const MOST_DIGITS: usize = 9
const END: usize = DATA + DATA_SIZE

/**
 * Finds the frames that begin at `text` and end up to `limit`: writes for each where it ends, as an offset from `text`, and its number
 * of atoms to {@link DATA}, 32 bits each. Gives their number. Stops at a frame that does not end here, and at one whose first line is
 * more than a number between blanks.
 */
export function scanFrames(text: usize, limit: usize): i32 {
  let out: usize = DATA
  for (let p = text; p < limit && out < END; out += 8) {
    const first = skipBlanks(p)
    let q = first
    let natoms: u32 = 0
    for (let digit: u32 = load<u8>(q) - 48; digit < 10; digit = <u32>load<u8>(++q) - 48) natoms = natoms * 10 + digit
    if (q === first || q - first > MOST_DIGITS) break
    q = skipBlanks(q)
    q += usize(load<u8>(q) === 13)
    if (load<u8>(q) !== 10) break
    p = behindLines(q + 1, natoms + 1, limit)
    if (p === 0) break
    store<u32>(out, <u32>(p - text))
    store<u32>(out, natoms, 4)
  }
  return <i32>((out - DATA) >> 3)
}

/** The address behind this many lines, 0 if they do not end before `limit`. */
function behindLines(start: usize, lines: u32, limit: usize): usize {
  const newline = i8x16.splat(10)
  let left = lines
  for (let p = start; p < limit; p += 16) {
    let found = i8x16.bitmask(i8x16.eq(v128.load(p), newline))
    if (p + 16 > limit) found &= (1 << (<i32>(limit - p))) - 1
    const count = <u32>popcnt(found)
    if (count >= left) {
      for (; left > 1; left--) found &= found - 1
      return p + ctz(found) + 1
    }
    left -= count
  }
  return 0
}
