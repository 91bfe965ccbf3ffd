/**
 * Options and arguments as text for people. What may be secret is not shown: values under names such as `apiToken`, and
 * environments. Long values are cut.
 */
import { isNdArray } from '../base/ndarray.js'
import { TaskReference } from '../pool/task-function.js'

const SECRET = /secret|token|passw|passphrase|credential|authori[sz]ation|cookie|api[-_]?key|private[-_]?key|^env$/i
/** A user's name and password in a URL. */
const CREDENTIALS = /(?<=\/\/)[^/@\s"]+:[^/@\s"]+(?=@)/g
/** The longest text, the longest list, how deep and how many values in all. */
const LONGEST = 1000
const ENTRIES = 20
const DEPTH = 8
const VALUES = 500

/** `value` in one line. */
export function describeOption(value: unknown): string {
  try {
    const shown = plain(value, DEPTH, { left: VALUES })
    return cut(typeof shown === 'string' ? shown : JSON.stringify(shown))
  } catch {
    return 'something that can not be shown'
  }
}

/** What JSON can show of it; `budget` is how many more values may be looked at. */
function plain(value: unknown, depth: number, budget: { left: number }): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function') return value.name || 'a function'
  if (value instanceof TaskReference) return nameOfTask(value)
  if (value instanceof Date || value instanceof URL) return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0 || budget.left-- <= 0) return '…'
  if (isNdArray(value)) return `${value.dtype}[${value.shape.join('×')}]`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
  if (Array.isArray(value)) {
    const shown = value.slice(0, ENTRIES).map((entry) => plain(entry, depth - 1, budget))
    return value.length > ENTRIES ? [...shown, `… ${value.length} in all`] : shown
  }
  const entries = Object.entries(value)
    .slice(0, 2 * ENTRIES)
    .map(([key, part]) => [key, SECRET.test(key) ? '(not shown)' : plain(part, depth - 1, budget)])
  const name = value.constructor?.name ?? 'Object'
  return name === 'Object' ? Object.fromEntries(entries) : { [name]: Object.fromEntries(entries) }
}

/** `shift of ops.js`: the module's file without its folder. */
function nameOfTask({ target }: TaskReference<never[], unknown>): string {
  if ('source' in target) return `inline ${target.source}`
  return `${target.name} of ${target.url.slice(target.url.lastIndexOf('/') + 1)}`
}

function cut(whole: string): string {
  const text = whole.replace(CREDENTIALS, '(not shown)')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} … (${text.length} characters)` : text
}
