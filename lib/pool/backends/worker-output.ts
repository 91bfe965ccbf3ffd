/** A worker's standard output and error: passed through, tagged or dropped, with the last lines of stderr kept. */
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { StdioMode } from '../backend.js'

/** How much of stderr is kept for errors, bytes. */
const TAIL = 4096

/** Reads the piped output streams of a child process. */
export class WorkerOutput {
  /** Settles when all piped streams are read to their end. */
  readonly ended: Promise<void>
  readonly #streams: Socket[]
  #tail = Buffer.alloc(0)

  /** @param tag the worker's name, which `tagged` puts before each line */
  constructor(child: ChildProcess, mode: StdioMode, tag: string) {
    this.#streams = [child.stdout, child.stderr].filter((stream) => stream !== null) as unknown as Socket[]
    this.ended = Promise.all(this.#streams.map(streamEnd)).then(() => {})
    if (child.stdout) pass(child.stdout, process.stdout, mode, tag)
    if (child.stderr) {
      pass(child.stderr, process.stderr, mode, tag)
      child.stderr.on('data', (chunk: Buffer) => {
        this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-TAIL)
      })
    }
  }

  /** The last lines of stderr. */
  tail(): string {
    return this.#tail.toString('utf8')
  }

  ref(): void {
    for (const stream of this.#streams) stream.ref()
  }

  unref(): void {
    for (const stream of this.#streams) stream.unref()
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
