import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { runScript } from '../run-script.js'

/** The folder of the examples. */
export const examples: string = fileURLToPath(new URL('../../docs/examples/', import.meta.url))

/** What a loop says at its end, when it drew its own seed. */
const LAST_LINE = /^\w+: \d+ items → \d+ configurations .*, seed \d+.*\n/gm

/** The output of an example that must end well and print nothing on stderr but the last lines of loops. */
export async function exampleOutput(name: string, ...args: string[]): Promise<string> {
  const flags = name.endsWith('.ts') ? ['--import', 'tsx'] : []
  const script = isAbsolute(name) ? name : join(examples, name)
  const { stdout, stderr, code } = await runScript(script, { args, flags })
  expect({ stderr: stderr.replace(LAST_LINE, ''), code }).toEqual({ stderr: '', code: 0 })
  return stdout
}
