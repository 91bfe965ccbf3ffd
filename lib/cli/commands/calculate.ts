/** `autopara calculate`: energies, forces and stresses of every configuration. */
import type { Command } from 'commander'
import { calculate } from '../../index.js'
import { addCalculatorOptions, type CalculatorOptionValues, calculatorOf } from '../calculator-options.js'
import { addLoopOptions, inputsOf, type LoopOptionValues, outputOf } from '../loop-options.js'
import { runLoop } from '../run-loop.js'

interface Values extends LoopOptionValues, CalculatorOptionValues {
  properties?: string[]
  prefix?: string
}

/** Adds the command; `finish` takes its exit code. */
export function addCalculate(program: Command, finish: (exitCode: number) => void): void {
  const command = program.command('calculate').description('evaluate every configuration with a calculator')
  addCalculatorOptions(addLoopOptions(command))
    .option('--properties <names...>', 'what is computed (default: energy forces stress)')
    .option(
      '--prefix <text>',
      "put before the names of the results (default: the calculator's name and _); '' for the plain names, as ASE's own",
    )
    .addHelpText(
      'after',
      '\nExample:\n  autopara calculate in.xyz -o out.xyz --calculator EMT --npool 4 --chunksize 10',
    )
    .action(async (inputs: string[], values: Values) => {
      const { properties, prefix } = values
      const params = {
        calculator: calculatorOf(values),
        ...(properties === undefined ? {} : { properties }),
        ...(prefix === undefined ? {} : { outputPrefix: prefix === '' ? null : prefix }),
      }
      finish(await runLoop(values, (autopara) => calculate(inputsOf(inputs), outputOf(values), params, autopara)))
    })
}
