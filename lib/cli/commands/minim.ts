/** `autopara minim`: every configuration relaxed. */
import { type Command, Option } from 'commander'
import { type MinimOptions, minim } from '../../index.js'
import { addCalculatorOptions, type CalculatorOptionValues, calculatorOf } from '../calculator-options.js'
import { addLoopOptions, inputsOf, type LoopOptionValues, outputOf } from '../loop-options.js'
import { decimal, positiveWhole, present, wholeNumber } from '../number-option.js'
import { runLoop } from '../run-loop.js'

interface Values extends LoopOptionValues, CalculatorOptionValues {
  fmax?: number
  smax?: number
  steps?: number
  pressure?: number
  optimizer?: NonNullable<MinimOptions['optimizer']>
  keepPart?: NonNullable<MinimOptions['trajSubselect']>
  interval?: number
}

/** Adds the command; `finish` takes its exit code. */
export function addMinim(program: Command, finish: (exitCode: number) => void): void {
  const command = program.command('minim').description('minimise the energy of every configuration')
  addCalculatorOptions(addLoopOptions(command))
    .option('--fmax <eV/Å>', 'converged when no force is longer (default 0.001)', decimal)
    .option('--smax <eV/Å³>', 'with --pressure: and no stress is greater (default: the number of fmax)', decimal)
    .option('--steps <n>', 'at most so many steps (default 1000)', wholeNumber)
    .option('--pressure <GPa>', 'relax the cell too, under this pressure', decimal)
    .addOption(
      new Option('--optimizer <name>', 'default: lbfgs-line-search').choices([
        'lbfgs-line-search',
        'lbfgs',
        'bfgs',
        'fire',
      ]),
    )
    .addOption(
      new Option('--keep-part <part>', 'what is written of a trajectory (default: all)').choices([
        'all',
        'last',
        'last_converged',
      ]),
    )
    .option('--interval <n>', 'steps between stored configurations (default 1)', positiveWhole)
    .addHelpText(
      'after',
      '\nExample:\n  autopara minim in.xyz -o relaxed.xyz --calculator EMT --fmax 0.01 --keep-part last --npool 4',
    )
    .action(async (inputs: string[], values: Values) => {
      const { fmax, smax, steps, pressure, optimizer, keepPart, interval } = values
      const given = present({
        fmax,
        smax,
        steps,
        pressure,
        optimizer,
        trajSubselect: keepPart,
        trajStepInterval: interval,
      })
      finish(
        await runLoop(values, (autopara) =>
          minim(inputsOf(inputs), outputOf(values), { calculator: calculatorOf(values), ...given }, autopara),
        ),
      )
    })
}
