/** `autopara md`: a trajectory from every configuration. */
import { type Command, Option } from 'commander'
import { type MdOptions, md } from '../../index.js'
import { addCalculatorOptions, type CalculatorOptionValues, calculatorOf } from '../calculator-options.js'
import { addLoopOptions, inputsOf, type LoopOptionValues, outputOf } from '../loop-options.js'
import { decimal, positiveWhole, present, wholeNumber } from '../number-option.js'
import { runLoop } from '../run-loop.js'

interface Values extends LoopOptionValues, CalculatorOptionValues {
  steps: number
  dt: number
  integrator?: 'berendsen' | 'langevin'
  temperature?: number[]
  temperatureTau?: number
  pressure?: number
  pressureTau?: number
  compressibility?: number
  keepMomenta?: boolean
  interval?: number
}

/** Adds the command; `finish` takes its exit code. */
export function addMd(program: Command, finish: (exitCode: number) => void): void {
  const command = program.command('md').description('molecular dynamics: a trajectory from every configuration')
  addCalculatorOptions(addLoopOptions(command))
    .requiredOption('--steps <n>', 'time steps', wholeNumber)
    .requiredOption('--dt <fs>', 'the time step, fs', decimal)
    .addOption(
      new Option('--integrator <name>', 'with --temperature-tau; without it the energy is constant').choices([
        'berendsen',
        'langevin',
      ]),
    )
    .option(
      '--temperature <K...>',
      'K; or the first and the last of a ramp, and perhaps how many stages',
      (text, list: number[] = []) => [...list, decimal(text)],
    )
    .option('--temperature-tau <fs>', 'the time constant of the thermostat, fs', decimal)
    .option('--pressure <GPa>', 'constant pressure, with the berendsen thermostat', decimal)
    .option('--pressure-tau <fs>', 'the time constant of the pressure, fs', decimal)
    .option('--compressibility <1/GPa>', 'of the material', decimal)
    .option('--keep-momenta', 'begin with the momenta of the input instead of random ones')
    .option('--interval <n>', 'steps between stored configurations (default 1)', positiveWhole)
    .addHelpText(
      'after',
      '\nExample:\n  autopara md in.xyz -o traj.xyz --calculator EMT --steps 100 --dt 2 --temperature 300 --seed 1 --npool 4',
    )
    .action(async (inputs: string[], values: Values) => {
      finish(await runLoop(values, (autopara) => md(inputsOf(inputs), outputOf(values), paramsOf(values), autopara)))
    })
}

function paramsOf(values: Values): MdOptions {
  const {
    steps,
    dt,
    integrator,
    temperature,
    temperatureTau,
    pressure,
    pressureTau,
    compressibility,
    keepMomenta,
    interval,
  } = values
  return {
    calculator: calculatorOf(values),
    steps,
    dt,
    ...present({
      integrator,
      temperature: temperature && temperature.length > 1 ? (temperature as [number, number, number]) : temperature?.[0],
      temperatureTau,
      pressure,
      pressureTau,
      compressibility,
      initialMomenta: keepMomenta ? ('keep' as const) : undefined,
      trajStepInterval: interval,
    }),
  }
}
