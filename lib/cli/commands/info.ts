/** `autopara info`: what is in files of configurations. */
import type { Command } from 'commander'
import { describeConfigs } from '../describe-configs.js'
import { inputsOf } from '../loop-options.js'

/** Adds the command. */
export function addInfo(program: Command): void {
  program
    .command('info')
    .description('say what files hold: configurations, atoms, species, keys with types and ranges, energies')
    .argument('<inputs...>', 'extended-XYZ files, globs, or FILE@INDEX')
    .option('-k, --key <keys...>', 'of the keys show only these')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  autopara info in.xyz\n  autopara info out.xyz@::10 --key EMT_energy --json')
    .action(async (inputs: string[], { key, json = false }: { key?: string[]; json?: boolean }) => {
      const { data, text } = await describeConfigs(inputsOf(inputs), key)
      process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : text)
    })
}
