import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a script is run. */
export interface ScriptOptions {
  /** Flags of Node, before the script. */
  readonly flags?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The Node to run it with: this one if left out. */
  readonly node?: string
}

/** What a script printed, and how it ended. */
export interface ScriptResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | string | null
}

const scripts = new URL('./fixtures/scripts/', import.meta.url)

/** Runs a program as a user would, in a process of its own; `script` is a file of test/fixtures/scripts or a path. */
export function runScript(script: string, options: ScriptOptions = {}): Promise<ScriptResult> {
  const path = script.startsWith('/') ? script : fileURLToPath(new URL(script, scripts))
  return runNode([...(options.flags ?? []), path, ...(options.args ?? [])], options)
}

/** Runs Node with these arguments. */
export function runNode(args: readonly string[], options: ScriptOptions = {}): Promise<ScriptResult> {
  const { VITEST: _, NODE_OPTIONS: __, ...env } = process.env
  // Another Node divides the lines in another way, which would be taken for lines that were not run.
  if (options.node !== undefined) delete env['NODE_V8_COVERAGE']
  return new Promise((resolve) => {
    execFile(
      options.node ?? process.execPath,
      args,
      { env: { ...env, ...options.env }, cwd: options.cwd, timeout: 25_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => resolve({ stdout, stderr, code: error ? (error.code ?? null) : 0 }),
    )
  })
}
