import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { runScript } from '../run-script.js'

/** The folder of the examples. */
export const examples: string = fileURLToPath(new URL('../../docs/examples/', import.meta.url))

/** The output of an example that must end well and print nothing on stderr. */
export async function exampleOutput(name: string, ...args: string[]): Promise<string> {
  const flags = name.endsWith('.ts') ? ['--import', 'tsx'] : []
  const script = isAbsolute(name) ? name : join(examples, name)
  const { stdout, stderr, code } = await runScript(script, { args, flags })
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return stdout
}
