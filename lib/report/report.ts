/**
 * Reports: of a loop, while it runs, and of finished files.
 *
 *     Report.begin ─► follow(pool), failed(…), finished(…) ─► end(input, output): the page is written
 *
 * The run costs nothing but a few additions for each message of outcomes; what the page tells of the configurations is read
 * from the finished files at the end.
 */
import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { dirname, resolve } from 'node:path'
import { packageVersion } from '../base/package-url.js'
import { ConfigSetIn } from '../configset/configset-in.js'
import { NEW_FILE } from '../configset/open-flags.js'
import { OutputFileError } from '../configset/output-file-error.js'
import { behindLinks, type PlacedFile, placed, underItsName } from '../configset/placed-file.js'
import type { Pool } from '../pool/pool.js'
import { describeOption } from './describe-options.js'
import { locateDrawingPackages } from './drawing-packages.js'
import { reportPage } from './page.js'
import type { FailureRow, ReportData } from './report-data.js'
import { type RunEnd, RunRecorder } from './run-recorder.js'
import { setData } from './set-data.js'

/** The report of one run. */
export class Report {
  readonly #file: PlacedFile
  readonly #title: string
  readonly #facts: (readonly [string, string])[]
  readonly #recorder = new RunRecorder()

  private constructor(path: string, title: string, facts: readonly (readonly [string, unknown])[]) {
    this.#file = placed(path)
    this.#title = title
    this.#facts = describeFacts(facts)
  }

  /**
   * Begins a report; `facts` say what runs, and how, `files` what it must not replace.
   *
   * @throws {ReportError} when the packages that draw it are not there
   * @throws {OutputFileError} when `path` can't be written
   */
  static async begin(
    path: string,
    title: string,
    facts: readonly (readonly [string, unknown])[],
    files: readonly string[],
  ): Promise<Report> {
    await checkReportPath(path, files)
    return new Report(path, title, facts)
  }

  /** Listens to the run's workers. */
  follow(pool: Pool): void {
    this.#recorder.follow(pool)
  }

  /** An item failed. */
  failed(row: FailureRow): void {
    this.#recorder.failed(row)
  }

  /** The results are in, or were given up. */
  finished(end: RunEnd & { seed: number | string; seedDrawn: boolean }): void {
    this.#facts.push(['seed', `${end.seed}${end.seedDrawn ? ' (drawn)' : ''}`])
    this.#recorder.finished(end)
  }

  /** Writes the page. What goes wrong here is a warning, because the run matters more. */
  async end(input: ConfigSetIn | null, output: ConfigSetIn | null, error: unknown): Promise<void> {
    this.#recorder.unfollow()
    const message = error === undefined ? null : error instanceof Error ? error.message : String(error)
    try {
      const run = this.#recorder.data(message)
      const facts = [...this.#facts, ...describeFacts(machineFacts())]
      await write(this.#file.place, { title: this.#title, facts, run, ...(await setData(input, output)) })
    } catch (reason) {
      const { message: why } = underItsName(reason, this.#file) as Error
      process.emitWarning(`the report ${this.#file.path} was not written: ${why}`)
    }
  }
}

/** Writes the page of finished configurations. */
export async function writeFilesReport(path: string, input: ConfigSetIn | null, output: ConfigSetIn): Promise<void> {
  await checkReportPath(
    path,
    [...output.placedFiles(), ...(input?.placedFiles() ?? [])].map(({ place }) => place),
  )
  const facts = describeFacts([['output', output], ...(input ? [['input', input] as const] : []), ...machineFacts()])
  await write(path, { title: 'configurations', facts, run: null, ...(await setData(input, output)) })
}

async function checkReportPath(path: string, files: readonly string[]): Promise<void> {
  locateDrawingPackages()
  try {
    if (files.some((file) => resolve(file) === resolve(path))) throw new Error('it is an input or output of the run')
    await access(dirname(path), constants.W_OK)
    if ((await stat(path).catch(() => undefined))?.isDirectory()) throw new Error('it is a folder')
  } catch (cause) {
    throw new OutputFileError(path, `can't write the report ${path}: ${(cause as Error).message}`, { cause })
  }
}

/** The file appears when it is complete. */
async function write(path: string, data: Omit<ReportData, 'made'>): Promise<void> {
  const { place } = behindLinks(placed(path))
  const partial = `${place}.partial`
  try {
    await writeFile(partial, await reportPage({ made: new Date().toISOString(), ...data }), { flag: NEW_FILE })
    await rename(partial, place)
  } catch (cause) {
    await rm(partial, { force: true })
    throw cause instanceof Error && 'syscall' in cause
      ? new OutputFileError(path, `can't write the report ${path}: ${cause.message}`, { cause })
      : cause
  }
}

/** Facts as text; those that are undefined are left out. */
function describeFacts(facts: readonly (readonly [string, unknown])[]): (readonly [string, string])[] {
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => [label, value instanceof ConfigSetIn ? describeSet(value) : describeOption(value)])
}

function describeSet(set: ConfigSetIn): string {
  return describeOption(/^ConfigSetIn\((.*)\)$/s.exec(String(set))?.[1] ?? '')
}

/** What a report says of the program and the machine. */
function machineFacts(): (readonly [string, unknown])[] {
  return [
    ['autopara', packageVersion()],
    ['Node.js', `${process.versions.node} on ${process.platform} ${process.arch}`],
    ['CPUs', `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`],
  ]
}
