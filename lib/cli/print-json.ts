/** What `--json` prints: one object on a line of standard output, and nothing else there. */
import { UsageError } from './exit-code.js'

/** Refuses `--json` where standard output is taken by the results. */
export function checkJsonPlace({ json = false, output }: { json?: boolean; output: string }): void {
  if (json && output === '-')
    throw new UsageError('--json prints on standard output, which -o - fills with the results: give one of them')
}

/** Prints `result`. */
export function printJson(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** An error as what `--json` prints of it. */
export function errorJson(error: unknown): object {
  const { name = 'Error', message = String(error), code, item } = (error ?? {}) as Partial<Record<string, unknown>>
  return { error: { name, message, ...(code === undefined ? {} : { code }), ...(item === undefined ? {} : { item }) } }
}
