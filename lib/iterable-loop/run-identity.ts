/**
 * What decides the bytes of a run's output, as digests: a run that was broken off is gone on with only by the same run.
 *
 * Covered: the input (files by size and time, memory by its encoding), the operation's module file, its arguments, which
 * initializers there are, the options that change bytes, our version. Not covered: what the operation's module imports, the
 * initializers' arguments, and the initializers of a pool that loops share.
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { AutoparaError } from '../base/errors.js'
import { packageVersion } from '../base/package-url.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { RunIdentity } from '../configset/run-journal.js'
import { TaskReference } from '../pool/task-function.js'
import type { TaskSpec } from '../pool/task-spec.js'
import type { LoopSettings } from './autopara-info.js'
import type { LoopJob } from './run-op.js'

/** The identity of a run. Throws for an input that can't be read a second time. */
export async function runIdentity(
  set: ConfigSetIn | undefined,
  job: Omit<LoopJob, 'seed'>,
  settings: LoopSettings,
): Promise<RunIdentity> {
  if (!set?.repeatable) {
    throw new AutoparaError(
      'AUTOPARA_RESUME',
      '`resume` needs an input that can be read again: files or configurations in memory, not standard input or a generator',
    )
  }
  const { args, functions, iterableArg, additions, skipFailed, rerunSingly } = job
  return {
    parts: {
      input: await inputDigest(set),
      operation: await moduleDigest(job.op),
      arguments: digest(serialize([args, functions, iterableArg])),
      options: digest(serialize([additions, skipFailed, rerunSingly, settings.onError])),
      initializers: digest(initializersText(settings.poolOptions)),
      version: packageVersion(),
    },
    seed: settings.seed,
    seedDrawn: settings.seedDrawn,
  }
}

async function inputDigest(set: ConfigSetIn): Promise<string> {
  const hash = createHash('sha256').update(String(set))
  for (const { path, place } of set.placedFiles()) {
    const { size, mtimeMs } = await stat(place)
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  if (set.inputFiles.length === 0) {
    for await (const item of set.items()) hash.update(serialize(item))
  }
  return hash.digest('base64')
}

/** The digest of the file that the operation stands in, and of its name there. */
async function moduleDigest(op: TaskSpec): Promise<string> {
  if (op.kind === 'inline') return digest(op.source)
  const text = op.url.startsWith('file:') ? await readFile(fileURLToPath(op.url)) : op.url
  return createHash('sha256').update(op.name).update('\n').update(text).digest('base64')
}

/** Functions by their source, references by what they name. (Arguments may be of one run alone: a folder, a port, a process id.) */
function initializersText({ initializer = [] }: LoopSettings['poolOptions']): string {
  const entries: readonly unknown[] = Array.isArray(initializer) ? initializer : [initializer]
  const targets = entries.map((entry) => (Array.isArray(entry) ? entry[0] : entry) as unknown)
  return JSON.stringify(targets.map((target) => (target instanceof TaskReference ? target.target : String(target))))
}

function digest(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64')
}
