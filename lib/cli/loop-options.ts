/**
 * The options that all commands share which run an operation over files: inputs, output, and how it is run.
 */
import { existsSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  type AutoparaInfo,
  ConfigSetIn,
  ConfigSetOut,
  type InfoValue,
  type ProgressSink,
  progressSink,
} from '../index.js'
import { UsageError } from './exit-code.js'
import { parseInitializer } from './module-export.js'
import { positiveWhole, present, wholeNumber } from './number-option.js'

/** What commander makes of the shared options. */
export interface LoopOptionValues {
  output: string
  json?: boolean
  npool?: number
  chunksize?: number | 'auto'
  seed?: number | string
  initializer?: string[]
  onError?: 'raise' | 'skip' | 'keep'
  retries?: number
  taskTimeout?: number
  force?: boolean
  resume?: boolean
  tag?: Record<string, InfoValue>
  rerunFailed?: boolean
  trace?: string
  report?: string
  progress: boolean
}

/** A database, and what is selected of it. */
const DATABASE = /^(.+\.db)(?:@(.*))?$/s

/** Adds the shared options to a command. */
export function addLoopOptions(command: Command): Command {
  return command
    .argument(
      '<inputs...>',
      'extended-XYZ files, globs, FILE@INDEX with an ASE index such as file.xyz@::10, NAME.db, NAME.db@SELECTION; - is standard input',
    )
    .requiredOption(
      '-o, --output <file>',
      'where the results go: a file, a database NAME.db (with --tag), or - for standard output',
    )
    .option(
      '-n, --npool <n>',
      'worker processes; 0 runs in this process (default: WFL_AUTOPARA_NPOOL, else 0)',
      wholeNumber,
    )
    .option('-c, --chunksize <n>', "configurations per call of the operation, or 'auto'", chunksize)
    .option('--seed <seed>', 'names the random streams of the configurations', seed)
    .option('--initializer <name...>', 'run once in each worker: a shipped one, a package, or MODULE#EXPORT')
    .addOption(
      new Option('--on-error <what>', 'what becomes of a configuration that fails').choices(['raise', 'skip', 'keep']),
    )
    .option('--retries <n>', 'how often what was lost with a worker is tried again', wholeNumber)
    .option('--task-timeout <ms>', 'milliseconds for one call; then its worker is killed', positiveWhole)
    .option('-t, --tag <key=value...>', 'set in the info of every result; names the rows of a run in a database', tag)
    .option('-f, --force', 'compute anew although the output exists')
    .option('--resume', 'keep a journal, and go on where a run that was broken off stopped')
    .option('--trace <file>', 'write a timeline of the workers (Chrome trace events, for ui.perfetto.dev)')
    .option('--report <file.html>', 'write a report of the run and its results: a page with plots and a 3D view')
    .option('--rerun-failed', 'run again only what failed, by the failure log of the finished output')
    .option('--no-progress', 'show no progress')
    .option('--json', 'print the summary as JSON, on standard output')
}

/** The inputs of a command: `FILE`, a glob, or `FILE@INDEX`; or databases, `NAME.db` or `NAME.db@SELECTION`. */
export function inputsOf(inputs: readonly string[]): ConfigSetIn {
  if (inputs.some((input) => DATABASE.test(input))) return databasesOf(inputs)
  const files = inputs.map((input) => {
    const match = /^(.+)@(-?\d*(?::-?\d*){0,2})$/.exec(input)
    if (match?.[1] && match[2]) return [match[1], match[2]] as const
    const [, file, index] = /^(.+)@([^@/]*)$/.exec(input) ?? []
    if (file !== undefined && !existsSync(input) && existsSync(file))
      throw new UsageError(`${input}: ${JSON.stringify(index)} is no index; write it as in ASE: 3, -1, 2:8 or ::10`)
    return input
  })
  const [only] = files
  return new ConfigSetIn({ inputFiles: files.length === 1 && typeof only === 'string' ? only : files })
}

/** The files and databases that they name, where they are no streams. */
export function inputPaths(inputs: readonly string[], configs: ConfigSetIn): string[] {
  return [...configs.inputFiles, ...inputs.flatMap((input) => DATABASE.exec(input)?.[1] ?? [])]
}

function databasesOf(inputs: readonly string[]): ConfigSetIn {
  const sets = inputs.map((input) => {
    const [, db, selection = ''] = DATABASE.exec(input) ?? []
    if (db === undefined) throw new UsageError(`inputs are files or databases, not both: ${inputs.join(' ')}`)
    return new ConfigSetIn({ db, inputQueries: selection })
  })
  const [only] = sets
  return sets.length === 1 && only ? only : new ConfigSetIn({ inputConfigsets: sets })
}

/** The output of a command. */
export function outputOf({ output, force = false, resume = false, tag: setTags }: LoopOptionValues): ConfigSetOut {
  const place = output.endsWith('.db') ? { db: output } : { outputFiles: output }
  if ('db' in place && !setTags)
    throw new UsageError(`${output} needs --tag KEY=VALUE, which tells the rows of this run from others`)
  return new ConfigSetOut({ ...place, force, resume, ...present({ setTags }) })
}

/** One more tag: a number, true or false where it reads so, otherwise a string. */
function tag(text: string, earlier: Record<string, InfoValue> = {}): Record<string, InfoValue> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be KEY=VALUE.')
  const number = value.trim() === '' ? Number.NaN : Number(value)
  const meant = value === 'true' || value === 'false' ? value === 'true' : Number.isNaN(number) ? value : number
  return { ...earlier, [key]: meant }
}

/** How the loop is run; what came of it goes to `ends`. */
export async function autoparaOf(
  values: LoopOptionValues,
  ends: Required<Pick<ProgressSink, 'end' | 'reused'>>,
): Promise<AutoparaInfo> {
  const { npool, chunksize, seed, onError, retries, taskTimeout, rerunFailed, trace, report } = values
  const initializer = values.initializer?.map(parseInitializer)
  const shown = await progressSink(values.progress ? 'auto' : false)
  const given = { npool, chunksize, seed, initializer, onError, retries, taskTimeout, rerunFailed, trace, report }
  return {
    ...present(given),
    progress: {
      ...shown,
      end: (summary) => {
        shown.end?.(summary)
        ends.end(summary)
      },
      reused: ends.reused,
    },
  }
}

/** The number of an option that counts. */
export function chunksize(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It must be a positive whole number or 'auto'.")
  return Number(text)
}

/** A whole number stays a number, so that `--seed 1` and `seed: 1` name the same streams. */
function seed(text: string): number | string {
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text
}
