/** The report of a loop: what it says of how the loop is run, and when it is written. */
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import type { Report } from '../report/report.js'
import type { LoopSettings } from './autopara-info.js'

/** What a loop runs. */
interface LoopParts {
  readonly input?: ConfigSetIn
  readonly out: ConfigSetOut | null
  readonly opName: string
  readonly op: unknown
  readonly args: readonly unknown[]
}

/** The report that the settings ask for. */
export async function loopReport(settings: LoopSettings, parts: LoopParts): Promise<Report | undefined> {
  if (settings.report === undefined) return undefined
  const { Report } = await import('../report/report.js')
  const { out, input } = parts
  const outputs = out?.outputFiles.map((path) => out.namesOf(path).file) ?? []
  const files = [...outputs, ...(input?.placedFiles() ?? [])].map(({ place }) => place)
  return Report.begin(settings.report, parts.opName, factsOf(settings, parts), files)
}

/** Runs `action`, and writes the report whatever comes of it. */
export async function reported(
  report: Report | undefined,
  input: ConfigSetIn | undefined,
  out: ConfigSetOut | null,
  action: () => Promise<void>,
): Promise<void> {
  const readable = input?.repeatable ? input : null
  try {
    await action()
  } catch (error) {
    // After Ctrl-C nobody wants to wait until a large input is sampled.
    await report?.end((error as Error).name === 'InterruptedError' ? null : readable, null, error)
    throw error
  }
  await report?.end(readable, out?.toConfigSetIn() ?? null, undefined)
}

function factsOf(settings: LoopSettings, { input, out, op, args }: LoopParts): (readonly [string, unknown])[] {
  const { npool, chunksize, onError, skipFailed, rerunFailed, iterableArg, prefetch, maxAhead, pool } = settings
  const { initializer, initargs, retries, taskTimeout, context } = settings.poolOptions
  return [
    ['operation', op],
    ['arguments', args.length === 0 ? undefined : args],
    ['input', input ?? 'an iterable'],
    ['output', out === null ? 'none' : out.outputFiles.join(', ') || 'in memory'],
    ['begun', new Date().toISOString()],
    ['npool', npool],
    ['pool', pool && 'of the program, kept'],
    ['context', context],
    ['chunksize', chunksize],
    ['onError', onError],
    ['skipFailed', skipFailed ? undefined : skipFailed],
    ['rerunFailed', rerunFailed || undefined],
    ['iterableArg', iterableArg === 0 ? undefined : iterableArg],
    ['prefetch', prefetch],
    ['maxAhead', maxAhead],
    ['retries', retries],
    ['taskTimeout', taskTimeout === undefined ? undefined : `${taskTimeout} ms`],
    ['initializer', initializer],
    ['initargs', initargs],
  ]
}
