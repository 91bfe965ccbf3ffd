/**
 * Words of text columns, decoded once: a column of species holds a few different words, many times.
 *
 * Words of one or two bytes are looked up by their bytes; of longer ones the last is remembered.
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

  /** The word in these bytes. */
  get(bytes: Buffer, start: number, end: number): string {
    const length = end - start
    const short = length <= 2 ? shortWord(bytes[start]!, length === 2 ? bytes[start + 1]! : 0) : undefined
    if (short !== undefined) return short
    if (length === this.#lastLength && this.#sameAsLast(bytes, start)) return this.#lastWord
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

/** Words of one or two letters, digits or signs of ASCII by their bytes, shared by all frames: at most 16,384. */
const SHORT: (string | undefined)[] = new Array<string | undefined>(1 << 14).fill(undefined)

/** The word of these bytes, of which the second may be 0: none; undefined for other bytes. */
function shortWord(first: number, second: number): string | undefined {
  if (first > 126 || second > 126) return undefined
  return SHORT[(second << 7) | first] ?? newShortWord(first, second)
}

function newShortWord(first: number, second: number): string {
  const word = second === 0 ? String.fromCharCode(first) : String.fromCharCode(first, second)
  SHORT[(second << 7) | first] = word
  return word
}
