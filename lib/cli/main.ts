/**
 * The command line: parses, runs one command, and turns what went wrong into one line and an exit code.
 */
import { createRequire } from 'node:module'
import { Command, CommanderError, Help } from 'commander'
import { init } from '../index.js'
import { addBench } from './commands/bench.js'
import { addCalculate } from './commands/calculate.js'
import { addCompletion } from './commands/completion.js'
import { addConvert } from './commands/convert.js'
import { addDescriptor } from './commands/descriptor.js'
import { addInfo } from './commands/info.js'
import { addMd } from './commands/md.js'
import { addMinim } from './commands/minim.js'
import { addReport } from './commands/report.js'
import { addRun } from './commands/run.js'
import { addSelect } from './commands/select.js'
import { exitCodeOf, formatError, formatUsage } from './exit-code.js'
import { errorJson, printJson } from './print-json.js'

/** The package by its own name: from wherever this module is. */
const { version } = createRequire(import.meta.url)('autopara/package.json') as { version: string }

/** Runs the command with these arguments (without node and script) and returns its exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const program = new Command('autopara')
    .description('Parallel operations over atomic configurations in extended-XYZ files')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`${onTerminal(formatUsage(text, greedyOption(program, argv)))}\n`),
    })
    .showSuggestionAfterError()
  const finish = (code: number): void => {
    exitCode = Math.max(exitCode, code)
  }
  addCalculate(program, finish)
  addMd(program, finish)
  addMinim(program, finish)
  addDescriptor(program, finish)
  addRun(program, finish)
  addSelect(program)
  addConvert(program)
  addInfo(program)
  addReport(program)
  addBench(program)
  addCompletion(program)
  for (const command of program.commands) command.exitOverride().configureHelp({ sortOptions: false })
  let json = false
  program.hook('preAction', async (_, command) => {
    const options = command.opts<{ json?: boolean; output?: string }>()
    json = options.json === true && options.output !== '-'
    await init()
  })
  // Where nobody reads what is said, the work goes on.
  process.stderr.on('error', () => undefined)
  let unwritten: Error | undefined
  process.stdout.on('error', (error) => {
    unwritten ??= error
  })
  const printed = async (): Promise<void> => {
    await stdoutTook()
    if (unwritten && !isClosedPipe(unwritten))
      throw new Error(`can't write standard output: ${unwritten.message}`, { cause: unwritten })
  }
  try {
    await program.parseAsync(argv, { from: 'user' }).finally(printed)
  } catch (error) {
    // A reader that has seen enough (`| head`) ends the command without a word.
    if (isClosedPipe(error)) return exitCode
    if (!(error instanceof CommanderError)) process.stderr.write(`${onTerminal(formatError(error))}\n`)
    if (json) printJson(errorJson(error))
    exitCode = exitCodeOf(error)
  }
  return exitCode
}

/** The last option with any number of values that the command line holds: it may have taken the inputs for some. */
function greedyOption({ commands }: Command, [name, ...words]: readonly string[]): string | undefined {
  const options = commands.find((command) => command.name() === name)?.options.filter(({ variadic }) => variadic)
  return words.findLast((word) => options?.some(({ short, long }) => word === short || word === long))
}

/** Resolves when standard output took all that was printed, or told its listeners why not. */
function stdoutTook(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write('', () => setImmediate(resolve))
  })
}

function isClosedPipe(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'EPIPE' && syscall === 'write'
}

/** On a terminal lines are broken between words; elsewhere a message stays one line, for grep. */
function onTerminal(text: string): string {
  const { isTTY, columns } = process.stderr
  return isTTY ? new Help().boxWrap(text, columns) : text
}
