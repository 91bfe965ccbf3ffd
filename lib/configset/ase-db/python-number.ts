/**
 * Which texts Python's int() and float() take for numbers: decides what a value in a selection means, and which strings ASE
 * refuses as values.
 */
const DIGITS = String.raw`\d+(?:_\d+)*`
const INTEGER = new RegExp(`^[+-]?${DIGITS}$`)
const FLOAT = new RegExp(String.raw`^[+-]?(?:${DIGITS}\.?(?:${DIGITS})?|\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`)
const INFINITE = /^([+-]?)inf(?:inity)?$/i
const NAN = /^[+-]?nan$/i

/** Whether Python's int() takes the text. */
export function isPythonInteger(text: string): boolean {
  return INTEGER.test(text.trim())
}

/** The number that Python's int() or float() makes of the text; undefined where both refuse. */
export function pythonNumber(text: string): number | undefined {
  const word = text.trim()
  if (INTEGER.test(word) || FLOAT.test(word)) return Number(word.replaceAll('_', ''))
  if (NAN.test(word)) return Number.NaN
  const infinite = INFINITE.exec(word)
  return infinite ? (infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : undefined
}
