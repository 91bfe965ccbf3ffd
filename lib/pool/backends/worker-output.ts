/** A worker's standard output and error: passed through, tagged or dropped, with the last lines of stderr kept. */
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { StdioMode } from '../backend.js'

/** How much of stderr is kept for errors, bytes. */
const TAIL = 4096

/** The output streams of a worker, as far as they are piped. */
export interface OutputStreams {
  readonly stdout: Readable | null
  readonly stderr: Readable | null
}

/** Reads a worker's piped output streams. */
export class WorkerOutput {
  /** Settles when all piped streams are read to their end. */
  readonly ended: Promise<void>
  readonly #streams: (Readable & Partial<Pick<Socket, 'ref' | 'unref'>>)[]
  #tail = Buffer.alloc(0)

  /** @param tag the worker's name, which `tagged` puts before each line */
  constructor(worker: OutputStreams, mode: StdioMode, tag: string) {
    this.#streams = [worker.stdout, worker.stderr].filter((stream) => stream != null)
    this.ended = Promise.all(this.#streams.map(streamEnd)).then(() => {})
    if (worker.stdout) pass(worker.stdout, process.stdout, mode, tag)
    if (worker.stderr) {
      pass(worker.stderr, process.stderr, mode, tag)
      worker.stderr.on('data', (chunk: Buffer | string) => {
        this.#tail = Buffer.concat([this.#tail, Buffer.from(chunk)]).subarray(-TAIL)
      })
    }
  }

  /** The last lines of stderr. */
  tail(): string {
    return this.#tail.toString('utf8')
  }

  ref(): void {
    for (const stream of this.#streams) stream.ref?.()
  }

  unref(): void {
    for (const stream of this.#streams) stream.unref?.()
  }
}

function pass(from: Readable, to: NodeJS.WriteStream, mode: StdioMode, tag: string): void {
  if (mode === 'inherit') from.on('data', (chunk: Buffer) => to.write(chunk))
  if (mode === 'tagged') {
    let rest = ''
    from.setEncoding('utf8')
    from.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() as string
      if (lines.length > 0) to.write(lines.map((line) => `[${tag}] ${line}\n`).join(''))
    })
    from.on('end', () => {
      if (rest !== '') to.write(`[${tag}] ${rest}\n`)
    })
  }
}

function streamEnd(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once('close', () => resolve()))
}
