/**
 * The worker's side of a loop: a chunk of items in, an outcome per item out.
 *
 *     items ─► configurations ─► op(list, …args) ─► list of the same length ─► text or data
 *
 * The same code in a forked worker, a thread, an MPI rank and a serial run. When the operation fails for several items at
 * once they are run again one by one, on fresh configurations and fresh random streams, so that the result does not depend
 * on the chunk size.
 */
import { Atoms } from '../atoms/atoms.js'
import { AutoparaError } from '../base/errors.js'
import { describe } from '../base/options.js'
import { FileReader, itemToAtoms } from '../configset/codec.js'
import { type InputFile, type Item, type PackedItem, unpackItem } from '../configset/item.js'
import type { Location } from '../configset/location.js'
import {
  type InfoAdditions,
  type OutputForm,
  type Produced,
  type Producer,
  producer,
  TextPrinter,
} from '../configset/produced.js'
import { decodeValue, encodeValue } from '../pool/codec.js'
import type { Outcome } from '../pool/failure.js'
import type { TaskSpec } from '../pool/task-spec.js'
import { type LoadedTask, loadTask } from '../pool/worker/load-task.js'
import { withTaskContext } from '../pool/worker/task-context.js'
import { decodeArguments, type Functions } from './arguments.js'
import { markFailed } from './mark-failed.js'
import { type PackedProduced, type Printed, packTexts } from './packed-texts.js'

/** What is the same for every chunk of a loop: sent once to each worker. */
export interface LoopJob {
  readonly op: TaskSpec
  /** The operation's name, for messages. */
  readonly opName: string
  readonly args: readonly unknown[]
  /** Where among them functions stand. */
  readonly functions?: Functions | undefined
  readonly iterableArg: number | string
  readonly files: readonly InputFile[]
  /** The form of the output; null: results are dropped. */
  readonly form: OutputForm | null
  /** What the output sets in the info of each configuration. */
  readonly additions: InfoAdditions
  readonly skipFailed: boolean
  readonly rerunSingly: boolean
  /** Whether what there is of a failed item's trajectory is wanted. */
  readonly keepPartial: boolean
  /** Whether something may have to be put between the results of two items. */
  readonly oneByOne: boolean
  readonly seed: number | string
}

/** An operation that returned something other than a list with an entry for each item. */
export class OpResultError extends AutoparaError {
  override readonly name = 'OpResultError'

  constructor(message: string) {
    super('AUTOPARA_OP_RESULT', message)
  }
}

/** The operation or its arguments can't be made in a worker: no item can be run, whatever `onError` says. */
export class LoopSetupError extends AutoparaError {
  override readonly name = 'LoopSetupError'

  constructor(opName: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super('AUTOPARA_LOOP_SETUP', `${opName} can't be set up: ${why}`, { cause })
  }
}

interface PreparedJob {
  readonly op: LoadedTask
  readonly args: unknown[]
  readonly reader: FileReader
  /** Null: results are dropped. */
  readonly produce: Producer | null
  /** Where the output is text: of a whole chunk in one piece. */
  readonly printer: TextPrinter | null
}

/** What was made of an item; where the output is text, only how much of the chunk's text is its own. */
type Made = Produced & Partial<Printed>

const prepared = new WeakMap<LoopJob, Promise<PreparedJob>>()

/** Runs one chunk. Rejects only where no item could be run at all: the operation or its arguments can't be loaded. */
export async function runOp(packed: PackedItem[], [job]: [LoopJob]): Promise<Outcome<PackedProduced>[]> {
  let preparing = prepared.get(job)
  if (!preparing) {
    preparing = prepare(job)
    prepared.set(job, preparing)
  }
  const ready = await preparing
  const items = packed.map(unpackItem)
  const outcomes = await runItems(items, job, ready)
  if (!ready.printer) return outcomes
  const sameFile = (k: number): boolean => items[k]?.file === items[k - 1]?.file
  return packTexts(outcomes as Outcome<Printed>[], ready.printer.take(), (k) => !job.oneByOne && sameFile(k))
}

async function prepare(job: LoopJob): Promise<PreparedJob> {
  try {
    const [op, args, produce] = await Promise.all([
      loadTask(job.op),
      decodeArguments(job.args, job.functions),
      job.form && producer(job.form, job.additions),
    ])
    const printer = job.form === 'extxyz' ? new TextPrinter(job.additions) : null
    return { op, args, reader: new FileReader(job.files), produce, printer }
  } catch (error) {
    throw new LoopSetupError(job.opName, error)
  }
}

async function runItems(items: Item[], job: LoopJob, ready: PreparedJob): Promise<Outcome<Made>[]> {
  const outcomes = new Array<Outcome<Made> | undefined>(items.length)
  const readable: Item[] = []
  const inputs: unknown[] = []
  for (const [k, item] of items.entries()) {
    try {
      inputs.push(inputOf(item, ready.reader, items.length > 1 && job.rerunSingly))
      readable.push(item)
    } catch (error) {
      outcomes[k] = failed(error)
    }
  }
  const made = readable.length === 0 ? [] : await runReadable(readable, inputs, job, ready)
  let next = 0
  return items.map((_, k) => outcomes[k] ?? (made[next++] as Outcome<Made>))
}

/** What the operation gets of an item: with `again`, a copy, since the item may be run once more. */
function inputOf(item: Item, reader: FileReader, again: boolean): unknown {
  if (item.kind === 'value') return again ? decodeValue(encodeValue(item.value)) : item.value
  const atoms = itemToAtoms(item, reader)
  return again && item.kind === 'atoms' ? atoms.copy() : atoms
}

async function runReadable(
  items: Item[],
  inputs: unknown[],
  job: LoopJob,
  ready: PreparedJob,
): Promise<Outcome<Made>[]> {
  let results: readonly unknown[]
  try {
    results = checkResults(await callOp(items, inputs, job, ready), items.length, job.opName)
  } catch (error) {
    if (items.length === 1 || !job.rerunSingly) return items.map(() => failed(error))
    const outcomes: Outcome<Made>[] = []
    for (const item of items) outcomes.push(...(await runItems([item], job, ready)))
    return outcomes
  }
  return results.map((result, k) => settle(result, (items[k] as Item).loc, job, ready))
}

/** Calls the operation with the list at its place, the items' numbers and random streams in reach of `taskContext()`. */
async function callOp(items: Item[], inputs: unknown[], job: LoopJob, { op, args }: PreparedJob): Promise<unknown> {
  const index = items.map((item) => item.index)
  return withTaskContext({ index, seed: job.seed }, () => {
    if (typeof job.iterableArg === 'string')
      return op({ ...(args[0] as object | undefined), [job.iterableArg]: inputs })
    return op(...args.slice(0, job.iterableArg), inputs, ...args.slice(job.iterableArg))
  })
}

/** A list of the same length as the input; nothing at all counts as a list of nulls. */
function checkResults(results: unknown, length: number, opName: string): readonly unknown[] {
  if (results === undefined || results === null) return new Array<null>(length).fill(null)
  if (!Array.isArray(results)) {
    throw new OpResultError(
      `${opName} must return a list with an entry for each of its ${length} items, got ${describe(results)}`,
    )
  }
  if (results.length !== length)
    throw new OpResultError(
      `${opName} must return a list of the length of its input: got ${results.length} entries for ${length} items`,
    )
  return results
}

/** The outcome of one entry of the operation's list; an Error in it means that this item failed. */
function settle(result: unknown, loc: Location, job: LoopJob, { produce, printer }: PreparedJob): Outcome<Made> {
  if (result instanceof Error) return failed(withPartial(result, loc, job.keepPartial ? produce : null))
  if (!produce) return { ok: true, value: { count: 0, list: false } }
  if (result === null && !job.skipFailed)
    return failed(new OpResultError(`${job.opName} returned null, which \`skipFailed: false\` forbids`))
  try {
    return { ok: true, value: printer ? printer.print(result, loc) : produce(result, loc) }
  } catch (error) {
    return failed(error)
  }
}

/**
 * The error without the configurations that it may carry (what there is of a trajectory that broke off), but, with
 * `produce`, with what they are in the form of the output, the last of them marked.
 */
function withPartial(
  error: Error & { partial?: unknown; kept?: Produced },
  loc: Location,
  produce: Producer | null,
): Error {
  const { partial } = error
  if (!Array.isArray(partial)) return error
  Reflect.deleteProperty(error, 'partial')
  const last: unknown = partial.at(-1)
  if (!(last instanceof Atoms) || !produce) return error
  markFailed(last, error)
  error.kept = produce(partial, loc)
  return error
}

function failed(error: unknown): Outcome<Made> {
  return { ok: false, error: error instanceof Error ? error : new Error(String(error)), attempts: 1 }
}
