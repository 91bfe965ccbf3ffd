/**
 * An operation over a set of configurations: items to the workers, what they made to the output, in order.
 *
 *     ConfigSetIn ─items─► Pool.imapChunks(runOp) ─outcomes, in order─► failures │ ConfigSetOut
 *
 * Only this process writes, in input order, after success: a chunk that ran twice after a crash is written once.
 */

import { Atoms } from '../atoms/atoms.js'
import { atomsToWire } from '../atoms/wire.js'
import { warnOfMisspeltVariables } from '../base/env.js'
import { isLoadingMainInWorker, isMainProcess, neverHere } from '../base/main-module.js'
import { checkKeys, rangeError, typeError } from '../base/options.js'
import { packageUrl } from '../base/package-url.js'
import { ConfigSetIn } from '../configset/configset-in.js'
import { ConfigSetOut } from '../configset/configset-out.js'
import { watchInputs } from '../configset/file-identity.js'
import type { InputFile, Item, PackedItem } from '../configset/item.js'
import { requireInit } from '../mpi/require-init.js'
import type { ChunkResult } from '../pool/failure.js'
import type { Pool } from '../pool/pool.js'
import { type TaskFunction, TaskReference, task } from '../pool/task-function.js'
import { resolveTask } from '../pool/task-spec.js'
import type { Report } from '../report/report.js'
import { writeReport } from '../report/write-report.js'
import { encodeArguments } from './arguments.js'
import { AUTOPARA_KEYS, type AutoparaInfo, type LoopSettings, resolveAutoparaInfo } from './autopara-info.js'
import { removeLeftovers } from './leftovers.js'
import { LoopOutput } from './loop-output.js'
import { LoopProgress } from './loop-progress.js'
import { loopReport, reported } from './loop-report.js'
import type { PackedProduced } from './packed-texts.js'
import { loopSink } from './progress.js'
import { FailedItems } from './rerun-failed.js'
import { reuseOutput } from './reuse-output.js'
import { runIdentity } from './run-identity.js'
import type { LoopJob } from './run-op.js'
import { checkRunning, selectPool } from './select-pool.js'
import { shareFiles } from './shared-files.js'
import { Trace } from './trace.js'

/** The options of {@link iterableLoop}: what is run, and how ({@link AutoparaInfo}). */
export interface IterableLoopOptions<T> extends AutoparaInfo {
  /** The items: a set of configurations, or anything iterable. */
  iterable: ConfigSetIn | Iterable<T> | AsyncIterable<T>
  /** Where the results go; null (the default): the operation is called for its side effects. */
  configsetOut?: ConfigSetOut | null
  /** `op(items, ...args)` returns a list of the same length: a configuration, a list of them, or null for each item; or nothing at all. */
  op: TaskFunction<never[], unknown>
  /** The operation's other arguments. Functions go as references; `[Constructor, args]` is built once in each worker. */
  args?: readonly unknown[]
}

const KEYS = ['iterable', 'configsetOut', 'op', 'args', ...AUTOPARA_KEYS] as const

/** Runs in the workers; named by URL, so that the parent needn't load what a worker needs. */
const RUN_OP = task(packageUrl('lib/iterable-loop/run-op.js'), 'runOp')

/**
 * Runs `op` over all items and returns the results as a set to read (null without an output).
 *
 * When the outputs exist already nothing runs and they are returned, with a line on stderr.
 *
 * @throws {TypeError | RangeError} for wrong options
 * @throws the error of the first failed item, with `onError: 'raise'`
 */
export function iterableLoop<T>(options: IterableLoopOptions<T> & { configsetOut: ConfigSetOut }): Promise<ConfigSetIn>
export function iterableLoop<T>(options: IterableLoopOptions<T>): Promise<ConfigSetIn | null>
export async function iterableLoop<T>(options: IterableLoopOptions<T>): Promise<ConfigSetIn | null> {
  if (isLoadingMainInWorker()) return neverHere()
  await requireInit()
  if (isMainProcess()) warnOfMisspeltVariables()
  checkKeys(options, KEYS, 'iterableLoop')
  const { iterable, configsetOut = null, op, args = [] } = options
  if (!isAnyIterable(iterable)) throw typeError('iterable', 'a ConfigSetIn or an iterable', iterable)
  if (typeof op !== 'function' && !((op as unknown) instanceof TaskReference))
    throw typeError('op', 'a function, task(…) or inline(…)', op)
  if (configsetOut !== null && !(configsetOut instanceof ConfigSetOut))
    throw typeError('configsetOut', 'a ConfigSetOut or null', configsetOut)
  const settings = resolveAutoparaInfo(options)
  checkPlace(settings.iterableArg, args)
  await checkRunning(settings)
  const inputs = iterable instanceof ConfigSetIn ? iterable.placedFiles() : []
  await configsetOut?.check(inputs)
  const rerun = settings.rerunFailed && configsetOut ? await FailedItems.of(configsetOut) : undefined
  const done = rerun ? rerun.size === 0 : await configsetOut?.isDone()
  if (configsetOut && done) {
    await removeLeftovers(configsetOut)
    const sink = await loopSink(settings.progress)
    const reused = await reuseOutput(configsetOut, nameOf(op), inputs, sink)
    if (settings.report !== undefined) await writeReport(settings.report, { output: reused, ...inputOf(iterable) })
    return reused
  }
  const seed = settings.seedDrawn ? (rerun?.seed ?? settings.seed) : settings.seed
  const parts: Run = { iterable, out: configsetOut, op, args, settings: { ...settings, seed } }
  const report = await loopReport(parts.settings, {
    ...inputOf(iterable),
    out: configsetOut,
    opName: nameOf(op),
    op,
    args,
  })
  await reported(report, inputOf(iterable).input, configsetOut, () => run(parts, rerun, report))
  return configsetOut?.toConfigSetIn() ?? null
}

function inputOf(iterable: unknown): { input?: ConfigSetIn } {
  return iterable instanceof ConfigSetIn ? { input: iterable } : {}
}

/** What one run works with. */
interface Run {
  readonly iterable: AsyncIterable<unknown> | Iterable<unknown>
  readonly out: ConfigSetOut | null
  readonly op: TaskFunction<never[], unknown>
  readonly args: readonly unknown[]
  readonly settings: LoopSettings
}

async function run(parts: Run, rerun: FailedItems | undefined, report: Report | undefined): Promise<void> {
  const { iterable, out, op, settings } = parts
  const set = iterable instanceof ConfigSetIn ? iterable : undefined
  const files = set?.files() ?? []
  const checkUnchanged = watchInputs(set?.placedFiles() ?? [])
  const sink = await loopSink(settings.progress)
  const total = sink.start || sink.update ? await countOf(set) : undefined
  const trace = settings.trace === undefined ? undefined : new Trace(settings.trace, nameOf(op))
  const { pool, leave } = selectPool(settings)
  trace?.follow(pool)
  report?.follow(pool)
  const output = new LoopOutput({
    out,
    files,
    inputFiles: set?.inputFiles ?? [],
    settings: { ...settings, npool: pool.processes },
    opName: nameOf(op),
    sink,
    rerun,
    report,
    progress: new LoopProgress(files, pool, total),
  })
  let complete = false
  try {
    for await (const chunk of await begin(parts, pool, files, output)) await output.take(chunk)
    checkUnchanged()
    await output.end()
    complete = true
  } catch (error) {
    await output.abandon()
    throw error
  } finally {
    await leave(complete)
    trace?.end()
  }
}

/** How many items there are, where that needn't be read from files. */
async function countOf(set: ConfigSetIn | undefined): Promise<number | undefined> {
  return set && set.inputFiles.length === 0 ? set.count() : undefined
}

/** Opens the outputs and sends the items to the workers; gives the chunks as they finish. */
async function begin(
  { iterable, out, op, args, settings }: Run,
  pool: Pool,
  files: readonly InputFile[],
  output: LoopOutput,
): Promise<AsyncIterable<ChunkResult<PackedProduced>>> {
  const set = iterable instanceof ConfigSetIn ? iterable : undefined
  const [spec, encodedArgs, shared] = await Promise.all([
    resolveTask(op),
    encodeArguments(args),
    shareFiles(files, pool),
  ])
  const template: Omit<LoopJob, 'seed'> = {
    op: spec,
    opName: nameOf(op),
    args: encodedArgs.value,
    functions: encodedArgs.functions,
    iterableArg: settings.iterableArg,
    files: shared.files,
    form: out?.form ?? null,
    additions: out?.additions ?? {},
    skipFailed: settings.skipFailed,
    rerunSingly: settings.rerunSingly,
    keepPartial: settings.onError === 'keep',
    oneByOne: settings.rerunFailed,
  }
  // Failures that are run again are few: that begins anew.
  const resumable = out?.resume && !settings.rerunFailed
  const seed = await output.begin(resumable ? await runIdentity(set, template, settings) : undefined)
  const { chunksize, prefetch, maxAhead, signal } = settings
  return pool.imapChunks<PackedItem | PackedItem[], PackedProduced>(
    RUN_OP,
    output.drawn(set ? shared.carry(set.batches()) : values(iterable)),
    {
      args: [{ ...template, seed }],
      chunksize,
      ordered: false,
      batched: true,
      ...(prefetch === undefined ? {} : { prefetch }),
      ...(maxAhead === undefined ? {} : { maxAhead }),
      ...(signal === undefined ? {} : { signal }),
    },
  )
}

/** The items of an iterable that is no set: configurations, or values of any kind. */
async function* values(iterable: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<Item[]> {
  let index = 0
  for await (const value of iterable) {
    const place = { index, loc: [index], file: -1 }
    if (value instanceof Atoms) yield [{ ...place, kind: 'atoms', atoms: atomsToWire(value) }]
    else yield [{ ...place, kind: 'value', value }]
    index++
  }
}

/** Throws where the list of items can't be put among `args`. */
function checkPlace(iterableArg: number | string, args: readonly unknown[]): void {
  if (!Array.isArray(args)) throw typeError('args', 'a list of arguments', args)
  if (typeof iterableArg === 'number') {
    if (iterableArg > args.length)
      throw rangeError(
        'iterableArg',
        `a position among ${args.length} other arguments, 0 … ${args.length}`,
        iterableArg,
      )
    return
  }
  const [options, ...more] = args as readonly unknown[]
  const isBag = options === undefined || (typeof options === 'object' && options !== null && !Array.isArray(options))
  if (!isBag || more.length > 0)
    throw typeError('args', `[options], an object that gets the items as \`${iterableArg}\``, more[0] ?? options)
}

/** What messages call an operation. */
function nameOf(op: TaskFunction<never[], unknown>): string {
  if (op instanceof TaskReference) return 'name' in op.target ? op.target.name : 'the inline operation'
  return op.name || 'the operation'
}

function isAnyIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
}
