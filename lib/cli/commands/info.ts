/** `autopara info`: what is in files of configurations. */
import type { Command } from 'commander'
import { describeConfigs } from '../describe-configs.js'
import { inputsOf } from '../loop-options.js'

/** Adds the command. */
export function addInfo(program: Command): void {
  program
    .command('info')
    .description('say what files hold: configurations, atoms, species, keys with types and ranges')
    .argument('<inputs...>', 'extended-XYZ files, globs, or FILE@INDEX')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  autopara info in.xyz')
    .action(async (inputs: string[], { json = false }: { json?: boolean }) => {
      const { data, text } = await describeConfigs(inputsOf(inputs))
      process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : text)
    })
}
