/**
 * The command line: parses, runs one command, and turns what went wrong into one line and an exit code.
 */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
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
import { exitCodeOf, formatError } from './exit-code.js'

/** Runs the command with these arguments (without node and script) and returns its exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const program = new Command('autopara')
    .description('Parallel operations over atomic configurations in extended-XYZ files')
    .version(version(), '-V, --version')
    .exitOverride()
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
  program.hook('preAction', () => init())
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) process.stderr.write(`${formatError(error)}\n`)
    exitCode = exitCodeOf(error)
  }
  return exitCode
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  return String((manifest as { version: unknown }).version)
}
