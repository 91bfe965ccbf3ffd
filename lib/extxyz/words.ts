/**
 * Words of text columns, decoded once: a column of species holds a few different words, many times.
 *
 * Words of one or two bytes are looked up by their bytes; longer ones by a small table of the words seen last.
 */

/** Decodes UTF-8. `ascii`: a character for each byte. `valid`: nothing had to be replaced. */
export function decodeText(
  bytes: Buffer,
  start: number,
  end: number,
): { text: string; ascii: boolean; valid: boolean } {
  let bits = 0
  for (let p = start; p < end; p++) bits |= bytes[p]!
  if (bits < 128) return { text: bytes.toString('latin1', start, end), ascii: true, valid: true }
  const text = bytes.toString('utf8', start, end)
  // a replaced byte shows as U+FFFD, which a file may also hold itself: then the bytes decide
  return { text, ascii: false, valid: !text.includes('\ufffd') || Buffer.from(text).equals(bytes.subarray(start, end)) }
}

/** The words of one frame. */
export class WordCache {
  /** Some word was no UTF-8 and has replacement characters. */
  invalidUtf8 = false
  #lastStart = 0
  #lastLength = 0
  #lastWord = ''

  /** The word in these bytes; undefined if it holds a NUL. */
  get(bytes: Buffer, start: number, end: number): string | undefined {
    const length = end - start
    const first = bytes[start]!
    if (length <= 2) {
      const second = length === 2 ? bytes[start + 1]! : 0
      if (first > 0 && first < 128 && second < 128 && (length === 1 || second > 0)) {
        const key = (first << 7) | second
        return SHORT[key] ?? shortWord(key, first, second)
      }
    }
    if (length === this.#lastLength && this.#sameAsLast(bytes, start)) return this.#lastWord
    if (bytes.subarray(start, end).includes(0)) return undefined
    const { text, valid } = decodeText(bytes, start, end)
    if (!valid) this.invalidUtf8 = true
    this.#lastStart = start
    this.#lastLength = length
    this.#lastWord = text
    return text
  }

  #sameAsLast(bytes: Uint8Array, start: number): boolean {
    const last = this.#lastStart
    for (let i = 0; i < this.#lastLength; i++) if (bytes[start + i] !== bytes[last + i]) return false
    return true
  }
}

/** Words of one or two ASCII bytes by (first << 7 | second), shared by all frames: at most 16,384. */
const SHORT: (string | undefined)[] = new Array<string | undefined>(1 << 14).fill(undefined)

function shortWord(key: number, first: number, second: number): string {
  const word = second === 0 ? String.fromCharCode(first) : String.fromCharCode(first, second)
  SHORT[key] = word
  return word
}
