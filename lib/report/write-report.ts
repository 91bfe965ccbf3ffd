/** Reports of finished files. What makes them is loaded when one is asked for. */
import { checkKeys, typeError } from '../base/options.js'
import { ConfigSetIn } from '../configset/configset-in.js'

/** What {@link writeReport} makes a page of. */
export interface WriteReportOptions {
  /** The results. */
  output: ConfigSetIn
  /** What they were made of. */
  input?: ConfigSetIn
}

/**
 * Writes a report of finished configurations to the file `path`: one HTML page with the distributions of energies and forces,
 * relaxations, dynamics and a 3D view. `iterableLoop` and all operations write one with the option `report`, which also tells
 * of the run.
 *
 * @throws {ReportError} when the packages echarts and 3dmol are not installed
 * @throws {OutputFileError} when `path` can't be written
 * @example await writeReport('report.html', { output: new ConfigSetIn({ inputFiles: 'out.xyz' }) })
 */
export async function writeReport(path: string, options: WriteReportOptions): Promise<void> {
  checkKeys(options, ['output', 'input'], 'writeReport')
  const { output, input } = options
  if (typeof path !== 'string' || path === '') throw typeError('path', 'the path of a file', path)
  if (!(output instanceof ConfigSetIn)) throw typeError('output', 'a ConfigSetIn', output)
  if (input !== undefined && !(input instanceof ConfigSetIn)) throw typeError('input', 'a ConfigSetIn', input)
  const { writeFilesReport } = await import('./report.js')
  await writeFilesReport(path, input ? await twice(input) : null, await twice(output))
}

/** A set that can be read twice: standard input is read into memory. */
async function twice(set: ConfigSetIn): Promise<ConfigSetIn> {
  return set.repeatable ? set : set.inMemory()
}
