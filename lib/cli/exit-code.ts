/**
 * What the command's exit code says: 0 done, 1 a run failed, 2 misuse of the command, 130 interrupted.
 */
import { CommanderError } from 'commander'
import { CalculatorError, EnvironmentError, OptionRangeError, OptionTypeError } from '../index.js'

/** A mistake in how the command was called that its parser can't see. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The exit code for an error that ended the command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  // What happened at a configuration is a failed run, whatever it was that failed.
  if (itemOf(error) !== undefined) return 1
  // That WFL_MPIPOOL is set where nothing started ranks.
  if ((error as { code?: unknown } | undefined)?.code === 'AUTOPARA_MPI_NO_LAUNCHER') return 2
  if (error instanceof UsageError || error instanceof EnvironmentError) return 2
  if (error instanceof OptionTypeError || error instanceof OptionRangeError) return 2
  if (error instanceof CalculatorError && !(error.cause instanceof Error)) return 2
  return (error as { name?: unknown } | undefined)?.name === 'InterruptedError' ? 130 : 1
}

/** The parser's complaint as one line that begins as all do, with what to do; `greedy` is an option that took words as its values. */
export function formatUsage(text: string, greedy?: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
  if (greedy !== undefined && line.startsWith('missing required argument'))
    return `autopara: ${line}: ${greedy} takes all words up to the next option; put it last, or -- behind its values`
  const help = /\(Did you mean|is invalid/.test(line) ? '' : '; --help lists what the command takes'
  return `autopara: ${line}${help}`
}

function itemOf(error: unknown): { location?: string; file?: string } | undefined {
  return (error as { item?: { location?: string; file?: string } } | undefined)?.item
}

/** One line for the terminal: the message, and which configuration it happened at. */
export function formatError(error: unknown): string {
  if (!(error instanceof Error)) return `autopara: ${String(error)}`
  const item = error.name === 'LoopSetupError' ? undefined : itemOf(error)
  const message = error.message.split('\n', 1)[0] as string
  const place =
    item?.location !== undefined && !(item.file && message.includes(item.file))
      ? ` (configuration${item.location}${item.file ? ` of ${item.file}` : ''})`
      : ''
  return `autopara: ${message}${place}`
}
