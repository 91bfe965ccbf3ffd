/** `autopara bench`: a function of one's own under several settings, in turns, and the best of them. */
import type { Command } from 'commander'
import { type BenchRun, type BenchSetting, benchRun } from '../bench-items.js'
import { parseModuleExport } from '../module-export.js'
import { positiveWhole, wholeNumber } from '../number-option.js'

interface Values {
  items: string
  npool: number[]
  chunksize: (number | 'auto')[]
  rounds: number
  json?: boolean
}

/** A setting with its measurements. */
interface Measured extends BenchSetting {
  /** ms of each round. */
  readonly times: number[]
}

/** Adds the command. */
export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure a function under several settings, and name the best')
    .argument('<module#export>', 'the function, such as ./tasks.js#double')
    .requiredOption(
      '--items <file>',
      'what it is run over: a JSON list or JSON lines (one call each), or configurations (lists)',
    )
    .option('--npool <list>', 'numbers of worker processes; 0 runs in this process', npools, [1, 2, 4])
    .option('--chunksize <list>', "items per chunk, or 'auto'", chunksizes, [1, 10, 'auto'])
    .option('--rounds <n>', 'how often every setting is measured', positiveWhole, 3)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nThe start of the workers counts only for configurations, where every run of a\nloop has it.\n' +
        '\nExample:\n  autopara bench ./ops.js#relax --items in.xyz --npool 1,2,4 --chunksize 1,10,auto',
    )
    .action(async (func: string, values: Values) => {
      const settings = values.npool.flatMap((npool) => values.chunksize.map((chunksize) => ({ npool, chunksize })))
      const run = benchRun(parseModuleExport(func, 'bench'), values.items)
      const { items, measured } = await measure(run, settings, values.rounds)
      process.stdout.write(values.json ? jsonOf(items, measured) : tableOf(items, measured))
    })
}

/** Every setting once a round, so that a slow moment of the machine hits all of them. */
async function measure(
  run: BenchRun,
  settings: readonly BenchSetting[],
  rounds: number,
): Promise<{ items: number; measured: Measured[] }> {
  const measured: Measured[] = settings.map((setting) => ({ ...setting, times: [] }))
  let count = 0
  for (let round = 0; round < rounds; round++) {
    for (const setting of measured) {
      const { items, milliseconds } = await run(setting)
      count = items
      setting.times.push(milliseconds)
    }
  }
  return { items: count, measured }
}

function tableOf(items: number, measured: readonly Measured[]): string {
  const rows = measured.map(({ npool, chunksize, times }) => {
    const middle = median(times)
    const cells = [`${npool}`, `${chunksize}`, middle.toFixed(1), Math.min(...times).toFixed(1), rate(items, middle)]
    return cells.map((cell, i) => cell.padStart(i < 2 ? 9 : 12)).join(' ')
  })
  const { npool, chunksize } = best(measured)
  return [
    `${items} items, ${measured[0]?.times.length} rounds`,
    '    npool chunksize   median ms     best ms     items/s',
    ...rows,
    `best: --npool ${npool} --chunksize ${chunksize}`,
    '',
  ].join('\n')
}

function jsonOf(items: number, measured: readonly Measured[]): string {
  const settings = measured.map(({ npool, chunksize, times }) => ({ npool, chunksize, times, median: median(times) }))
  const { npool, chunksize } = best(measured)
  return `${JSON.stringify({ items, settings, best: { npool, chunksize } })}\n`
}

/** The fastest by median; of those within 5 % of it the one with the fewest workers. */
function best(measured: readonly Measured[]): Measured {
  const fastest = Math.min(...measured.map(({ times }) => median(times)))
  const good = measured.filter(({ times }) => median(times) <= 1.05 * fastest)
  return good.reduce((one, other) => (other.npool < one.npool ? other : one))
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1] as number
}

function rate(items: number, milliseconds: number): string {
  return ((items / milliseconds) * 1000).toPrecision(4)
}

function npools(text: string): number[] {
  return text.split(',').map(wholeNumber)
}

function chunksizes(text: string): (number | 'auto')[] {
  return text.split(',').map((part) => (part === 'auto' ? part : positiveWhole(part)))
}
