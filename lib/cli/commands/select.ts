/** `autopara select`: the configurations that differ most, by a descriptor. */
import type { Command } from 'commander'
import { ConfigSetOut, selectFarthest } from '../../index.js'
import { inputsOf } from '../loop-options.js'
import { wholeNumber } from '../number-option.js'
import { checkJsonPlace, printJson } from '../print-json.js'

interface Values {
  output: string
  count: number
  key: string
  start?: number
  previous?: string[]
  rankKey?: string
  dropKey?: boolean
  force?: boolean
  json?: boolean
}

/** Adds the command. */
export function addSelect(program: Command): void {
  program
    .command('select')
    .description('select configurations that differ most, by farthest points of a descriptor')
    .argument('<inputs...>', 'extended-XYZ files, globs, or FILE@INDEX; they are read several times')
    .requiredOption('-o, --output <file>', 'where the selected go, in the order of the inputs; - is standard output')
    .requiredOption('-N, --count <n>', 'how many are selected', wholeNumber)
    .requiredOption('-k, --key <key>', "the key in info of the descriptor's vector (see `autopara descriptor`)")
    .option('--start <n>', 'the number of the first one (default: 0)', wholeNumber)
    .option('--previous <files...>', 'configurations that were selected before: keep away from them too')
    .option('--rank-key <key>', 'store the place in the order of selection under this key')
    .option('--drop-key', 'remove the descriptor from the selected configurations')
    .option('-f, --force', 'select anew although the output exists')
    .option('--json', 'print what was selected as JSON, on standard output')
    .addHelpText('after', '\nExample:\n  autopara select soap.xyz -o selected.xyz --count 100 --key soap')
    .action(async (inputs: string[], values: Values) => {
      const { output, count, key, start, previous, rankKey, dropKey = false, force = false } = values
      checkJsonPlace(values)
      const outputs = new ConfigSetOut({ outputFiles: output, force })
      const reused = await outputs.isDone()
      await selectFarthest(inputsOf(inputs), outputs, {
        count,
        key,
        keepDescriptor: !dropKey,
        ...(start === undefined ? {} : { start }),
        ...(previous === undefined ? {} : { previous: inputsOf(previous) }),
        ...(rankKey === undefined ? {} : { rankKey }),
      })
      if (values.json) printJson({ output, reused, ...(reused ? {} : { configurations: count }) })
      else if (!reused) process.stderr.write(`${count} configurations${output === '-' ? '' : ` → ${output}`}\n`)
    })
}
