/** `autopara report`: a page of finished files. */
import type { Command } from 'commander'
import { writeReport } from '../../index.js'
import { inputsOf } from '../loop-options.js'

interface Values {
  output: string
  input?: string[]
}

/** Adds the command. */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('write a page of finished files: energies, forces, convergence, dynamics, a 3D view')
    .argument('<results...>', 'extended-XYZ files, globs, FILE@INDEX, NAME.db or NAME.db@SELECTION')
    .requiredOption('-o, --output <file.html>', 'the page; it needs no network')
    .option('-i, --input <files...>', 'what the results were made of, to be shown beside them')
    .addHelpText('after', '\nExample:\n  autopara report out.xyz --input in.xyz -o report.html')
    .action(async (results: string[], { output, input }: Values) => {
      await writeReport(output, {
        output: inputsOf(results),
        ...(input === undefined ? {} : { input: inputsOf(input) }),
      })
    })
}
