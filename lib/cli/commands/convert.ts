/** `autopara convert`: configurations from one form to another. */
import { access } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type Atoms, type ConfigSetIn, ConfigSetOut, type WriteOptions } from '../../index.js'
import { writeDatabaseWhole, writeFileWhole } from '../convert-output.js'
import { UsageError } from '../exit-code.js'
import { inputPaths, inputsOf } from '../loop-options.js'
import { checkJsonPlace, printJson } from '../print-json.js'

interface Values {
  output: string
  realFormat?: NonNullable<WriteOptions['realFormat']>
  dialect?: NonNullable<WriteOptions['dialect']>
  append?: boolean
  force?: boolean
  json?: boolean
}

/** Adds the command. */
export function addConvert(program: Command): void {
  program
    .command('convert')
    .description('copy configurations: extended XYZ, gzip, ASE databases, parts of files')
    .argument(
      '<inputs...>',
      'extended-XYZ files (.gz too), globs, FILE@INDEX, NAME.db, NAME.db@SELECTION; - is standard input',
    )
    .requiredOption(
      '-o, --output <file>',
      'extended XYZ, deflated if it ends in .gz, or a database NAME.db; - is standard output',
    )
    .addOption(
      new Option(
        '--real-format <format>',
        "shortest (default): nothing is lost; %16.8f: ASE's lines to the byte, 8 digits after the point",
      ).choices(['shortest', '%16.8f']),
    )
    .addOption(
      new Option('--dialect <dialect>', 'forms of values in the comment line (default: ase)').choices([
        'ase',
        'libatoms',
      ]),
    )
    .option('--append', 'add to an existing output')
    .option('-f, --force', 'replace an existing output')
    .option('--json', 'print what was written as JSON, on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  autopara convert traj.xyz@::10 -o every-tenth.xyz.gz\n  autopara convert set.db@Cu,energy\\<0 -o copper.xyz',
    )
    .action(async (inputs: string[], values: Values) => {
      const { output, append = false } = values
      const configs = inputsOf(inputs)
      await checkOutput(values, inputPaths(inputs, configs))
      const counted = count(configs)
      if (output.endsWith('.db')) await writeDatabaseWhole(output, counted.configs, append)
      else await writeFileWhole(output, counted.configs, { append, ...formatOf(values) })
      const configurations = counted.total()
      if (values.json) printJson({ output, configurations })
      else process.stderr.write(`${configurations} configurations${output === '-' ? '' : ` → ${output}`}\n`)
    })
}

/** An existing output is touched only when told to; an input never. */
async function checkOutput(values: Values, inputFiles: readonly string[]): Promise<void> {
  const { output, append, force, realFormat, dialect } = values
  checkJsonPlace(values)
  if (append && force) throw new UsageError('--append adds to the output and --force replaces it: give one of them')
  if (output.endsWith('.db') && (realFormat !== undefined || dialect !== undefined))
    throw new UsageError('--real-format and --dialect are for extended XYZ, not for a database')
  // Its folder is there and can be written, and it is no input.
  await new ConfigSetOut({ outputFiles: output, force: true }).check(inputFiles)
  const exists = await access(output).then(
    () => true,
    () => false,
  )
  if (output !== '-' && exists && !append && !force) {
    throw new Error(`${output} exists already; --force replaces it, --append adds to it`)
  }
}

function formatOf({ realFormat, dialect }: Values): Pick<WriteOptions, 'realFormat' | 'dialect'> {
  return { ...(realFormat === undefined ? {} : { realFormat }), ...(dialect === undefined ? {} : { dialect }) }
}

/** The configurations, and how many have passed. */
function count(configs: ConfigSetIn): { configs: AsyncIterable<Atoms>; total: () => number } {
  let total = 0
  async function* counted(): AsyncGenerator<Atoms> {
    for await (const atoms of configs) {
      total++
      yield atoms
    }
  }
  return { configs: counted(), total: () => total }
}
