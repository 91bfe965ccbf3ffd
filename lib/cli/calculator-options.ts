/** The options of all commands that need a calculator. */
import type { Command } from 'commander'
import type { CalculatorSpec } from '../index.js'
import { parseJsonOption } from './json-option.js'
import { parseModuleExport } from './module-export.js'

/** What commander makes of them. */
export interface CalculatorOptionValues {
  calculator: string
  calculatorArgs?: string
}

/** Adds them to a command. */
export function addCalculatorOptions(command: Command): Command {
  return command
    .requiredOption('--calculator <name>', 'EMT, LennardJones, Morse …, or MODULE#EXPORT')
    .option('--calculator-args <json>', "the calculator's arguments: a JSON list, or one object")
}

/** The calculator that they name. */
export function calculatorOf({ calculator, calculatorArgs }: CalculatorOptionValues): CalculatorSpec {
  // A module that is not there is told now, and not by the first worker.
  if (calculator.includes('#') && !/^\w{2,}:/.test(calculator)) parseModuleExport(calculator, '--calculator')
  if (calculatorArgs === undefined) return [calculator, []]
  const args = parseJsonOption(calculatorArgs, '--calculator-args')
  return [calculator, Array.isArray(args) ? args : [args]]
}
