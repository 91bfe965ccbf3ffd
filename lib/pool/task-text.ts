/** The text of a function as a digest: by it a worker knows its own copy again. */

/** A digest of a function's source text. */
export function textOf(func: object): string {
  // Loaded when it is needed: it would be a good part of a worker's start.
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(Function.prototype.toString.call(func)).digest('base64url').slice(0, 22)
}
