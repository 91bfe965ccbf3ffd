/** An operation that need not run, because its output is there. */
import { stat } from 'node:fs/promises'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'

/** The outputs of an earlier run, with a line that says so, and a warning when an input is newer. */
export async function reuseOutput(
  out: ConfigSetOut,
  opName: string,
  inputFiles: readonly string[],
): Promise<ConfigSetIn> {
  process.stderr.write(`autopara: ${opName} not run, since its output is done: ${out.outputFiles.join(', ')}\n`)
  const times = (paths: readonly string[]): Promise<number[]> =>
    Promise.all(paths.map(async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0))
  const [inputs, outputs] = await Promise.all([times(inputFiles), times(out.outputFiles)])
  const oldest = Math.min(...outputs)
  const newer = inputFiles.filter((_, k) => (inputs[k] as number) > oldest)
  if (newer.length > 0)
    process.stderr.write(`autopara: warning: ${newer.join(', ')} changed after that; use force to compute anew\n`)
  return out.toConfigSetIn()
}
