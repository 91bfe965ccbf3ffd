/** `autopara descriptor`: vectors that describe every configuration, or each of its atoms. */
import type { Command } from 'commander'
import { type DescriptorOptions, type DescriptorSpec, descriptor } from '../../index.js'
import { UsageError } from '../exit-code.js'
import { parseJsonOption } from '../json-option.js'
import { addLoopOptions, inputsOf, type LoopOptionValues, outputOf } from '../loop-options.js'
import { runLoop } from '../run-loop.js'

interface Values extends LoopOptionValues {
  descs: string[]
  key: string
  local?: boolean
  normalize: boolean
  compositionWeight: boolean
  replaceKey?: boolean
}

/** Adds the command; `finish` takes its exit code. */
export function addDescriptor(program: Command, finish: (exitCode: number) => void): void {
  addLoopOptions(program.command('descriptor').description('store SOAP or symmetry-function vectors'))
    .requiredOption(
      '-d, --descs <spec...>',
      'JSON ({ "type": "soap" | "acsf", … }, or a record of such by species), or quippy\'s text "soap n_max=8 …"; several are concatenated',
    )
    .requiredOption('-k, --key <key>', 'the key of the result in info, or with --local in arrays')
    .option('--local', 'a vector for each atom instead of one for the configuration')
    .option('--no-normalize', 'do not scale the final vector to length 1')
    .option('--no-composition-weight', "do not weigh the species' parts with their shares of the atoms")
    .option('--replace-key', 'replace existing values of the key; without it they are an error')
    .addHelpText(
      'after',
      `
Examples:
  autopara descriptor in.xyz -o out.xyz -k soap --npool 4 \\
    -d '{ "type": "soap", "species": ["Cu", "Au"], "cutoff": 5, "nMax": 8, "lMax": 6, "atomSigma": 0.5 }'
  autopara descriptor in.xyz -o out.xyz -k soap -d 'soap n_max=8 l_max=6 cutoff=5 atom_sigma=0.5 species_Z={29 79}'`,
    )
    .action(async (inputs: string[], values: Values) => {
      const { key, local = false, normalize, compositionWeight, replaceKey = false } = values
      const params = { descs: descsOf(values.descs), key, local, normalize, compositionWeight, force: replaceKey }
      finish(await runLoop(values, (autopara) => descriptor(inputsOf(inputs), outputOf(values), params, autopara)))
    })
}

/** One spec as it is; several as a list. A record by species stands alone. */
function descsOf(texts: readonly string[]): DescriptorOptions['descs'] {
  const specs = texts.map((text) => (/^\s*soap\b/.test(text) ? text : parseJsonOption(text, '--descs')))
  if (specs.length === 1) return specs[0] as DescriptorOptions['descs']
  if (specs.some((spec) => typeof spec === 'object' && spec !== null && !('type' in spec))) {
    throw new UsageError('--descs takes several descriptors, or one record by species, not both')
  }
  return specs as DescriptorSpec[]
}
