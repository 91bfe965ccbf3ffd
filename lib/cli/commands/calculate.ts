/** `autopara calculate`: energies, forces and stresses of every configuration. */
import type { Command } from 'commander'
import { calculate } from '../../index.js'
import { parseJsonOption } from '../json-option.js'
import { addLoopOptions, autoparaOf, inputsOf, type LoopOptionValues, outputOf, report } from '../loop-options.js'

interface Values extends LoopOptionValues {
  calculator: string
  calculatorArgs?: string
  properties?: string[]
  prefix?: string
}

/** Adds the command; `finish` takes its exit code. */
export function addCalculate(program: Command, finish: (exitCode: number) => void): void {
  addLoopOptions(program.command('calculate').description('evaluate every configuration with a calculator'))
    .requiredOption('--calculator <name>', 'EMT, LennardJones, Morse …, or MODULE#EXPORT')
    .option('--calculator-args <json>', "the calculator's arguments: a JSON list, or one object")
    .option('--properties <names...>', 'what is computed (default: energy forces stress)')
    .option('--prefix <text>', "put before the names of the results (default: the calculator's name and _)")
    .addHelpText(
      'after',
      '\nExample:\n  autopara calculate in.xyz -o out.xyz --calculator EMT --npool 4 --chunksize 10',
    )
    .action(async (inputs: string[], values: Values) => {
      const { properties, prefix } = values
      const params = {
        calculator: [values.calculator, argsOf(values.calculatorArgs)] as const,
        ...(properties === undefined ? {} : { properties }),
        ...(prefix === undefined ? {} : { outputPrefix: prefix }),
      }
      const autopara = await autoparaOf(values, (summary) => finish(report(summary, values.output)))
      await calculate(inputsOf(inputs), outputOf(values), params, autopara)
    })
}

/** The calculator's arguments: a JSON list, or one value. */
function argsOf(json: string | undefined): readonly unknown[] {
  if (json === undefined) return []
  const parsed = parseJsonOption(json, '--calculator-args')
  return Array.isArray(parsed) ? parsed : [parsed]
}
