/** The mark of a configuration that is passed on although its operation failed. */
import type { Atoms } from '../atoms/atoms.js'

/** Marks `atoms` as failed, in place: with the `mark` that the operation's error carries, else as a plain loop does. */
export function markFailed(atoms: Atoms, error: Error & { mark?: unknown }): Atoms {
  const { mark } = error
  const keys =
    typeof mark === 'object' && mark !== null ? mark : { autopara_failed: true, autopara_error: oneLine(error.message) }
  Object.assign(atoms.info, keys)
  return atoms
}

/** The first line of a message. */
export function oneLine(message: string): string {
  return message.split('\n', 1)[0] as string
}
