/** `autopara run`: anyone's operation over files. */
import type { Command } from 'commander'
import { iterableLoop } from '../../index.js'
import { UsageError } from '../exit-code.js'
import { parseJsonOption } from '../json-option.js'
import { addLoopOptions, inputsOf, type LoopOptionValues, outputOf } from '../loop-options.js'
import { parseModuleExport } from '../module-export.js'
import { runLoop } from '../run-loop.js'

interface Values extends LoopOptionValues {
  args?: string
}

/** Adds the command; `finish` takes its exit code. */
export function addRun(program: Command, finish: (exitCode: number) => void): void {
  const command = program
    .command('run')
    .description('run an operation of your own: an exported function from a list of configurations to a list')
    .argument('<module#export>', 'the operation, such as ./ops.js#shift; TypeScript where this Node runs it')
  addLoopOptions(command)
    .option('--args <json>', "the operation's arguments behind the list of configurations: a JSON list")
    .addHelpText('after', "\nExample:\n  autopara run ./ops.js#shift in.xyz -o out.xyz --args '[0.5]' --npool 4")
    .action(async (operation: string, inputs: string[], values: Values) => {
      const job = { op: parseModuleExport(operation, 'run'), args: argsOf(values.args) }
      finish(
        await runLoop(values, (autopara) =>
          iterableLoop({ ...autopara, ...job, iterable: inputsOf(inputs), configsetOut: outputOf(values) }),
        ),
      )
    })
}

function argsOf(json: string | undefined): readonly unknown[] {
  const args = json === undefined ? [] : parseJsonOption(json, '--args')
  if (!Array.isArray(args)) throw new UsageError(`--args must be a JSON list, such as '[0.5]', got ${json}`)
  return args
}
