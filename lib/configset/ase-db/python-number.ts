/**
 * Which texts Python's int() and float() take for numbers: decides what a value in a selection means, and which strings ASE
 * refuses as values. The digits of every script count.
 */
const DIGITS = String.raw`\p{Nd}+(?:_\p{Nd}+)*`
const INTEGER = new RegExp(`^[+-]?${DIGITS}$`, 'u')
const FLOAT = new RegExp(String.raw`^[+-]?(?:${DIGITS}\.?(?:${DIGITS})?|\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`, 'u')
const INFINITE = /^([+-]?)inf(?:inity)?$/i
const NAN = /^[+-]?nan$/i

/** Python's blanks: those of JavaScript's \s, but for the byte order mark, and some control characters. */
const BLANK = String.raw`(?:(?!\ufeff)[\s\x1c-\x1f\x85])+`
const AROUND = new RegExp(`^${BLANK}|${BLANK}$`, 'g')

function stripped(text: string): string {
  return text.replace(AROUND, '')
}

/** Whether Python's int() takes the text. */
export function isPythonInteger(text: string): boolean {
  return INTEGER.test(stripped(text))
}

/** The number that Python's int() or float() makes of the text; undefined where both refuse. */
export function pythonNumber(text: string): number | undefined {
  const word = stripped(text)
  if (INTEGER.test(word) || FLOAT.test(word)) return Number(inAscii(word).replaceAll('_', ''))
  if (NAN.test(word)) return Number.NaN
  const infinite = INFINITE.exec(word)
  return infinite ? (infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : undefined
}

/** The text with its digits as 0 to 9; those of a script stand in a row, or several such rows in one. */
function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/gu, (digit) => {
    const code = digit.codePointAt(0) as number
    let first = code
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--
    return String((code - first) % 10)
  })
}
