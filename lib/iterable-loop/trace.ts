/**
 * A timeline of a loop's workers as Chrome trace events, which Perfetto and chrome://tracing show.
 *
 *     one process a loop, named for its operation │ lane 0: the loop │ lane w + 1: worker w: start, calls; deaths, retries
 *
 * A call is drawn when its outcome arrives, as long as the worker says that it took; what lies between is waiting or
 * transport. The file is a JSON array that grows; a loop that is killed leaves it without its end, which viewers accept.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { OutputFileError } from '../configset/output-file-error.js'
import { listen } from '../pool/listen.js'
import type { Pool } from '../pool/pool.js'

/** Where a file that this process has traced to ends, without its closing bracket. */
const written = new Map<string, { loops: number; length: number }>()

const FLUSH = 1 << 16
const END = '\n]\n'

/** The trace of one loop. Loops of one process that name the same file follow each other in it. */
export class Trace {
  readonly #path: string
  readonly #op: string
  readonly #file: number
  readonly #loop: number
  readonly #began = now()
  #length: number
  #pending = ''
  #broken = false
  #ended = false
  #unfollow: () => void = () => {}
  /** When each worker's present start began, and its last call ended, µs. */
  readonly #starts = new Map<number, number>()
  readonly #ends = new Map<number, number>()

  /** @throws {OutputFileError} when the file can't be written. */
  constructor(path: string, op: string) {
    const earlier = written.get(path)
    this.#path = path
    this.#op = op
    this.#loop = (earlier?.loops ?? 0) + 1
    this.#length = earlier?.length ?? 0
    try {
      this.#file = openSync(path, earlier ? 'r+' : 'w')
      ftruncateSync(this.#file, this.#length)
    } catch (cause) {
      throw new OutputFileError(path, `can't write the trace ${path}: ${(cause as Error).message}`, { cause })
    }
    this.#name('process_name', 0, op)
    this.#name('thread_name', 0, 'loop')
  }

  /** Draws what this pool's workers do until the end; those that are there already take part from the loop's begin. */
  follow(pool: Pool): void {
    for (const { id } of pool.stats().workers) this.#starting(id, this.#began)
    this.#unfollow = listen(pool, {
      'worker-start': ({ id, pid }) => {
        this.#starting(id, now())
        this.#instant(id, `process ${pid ?? '-'}`)
      },
      'worker-ready': ({ id, generation }) => {
        this.#slice(id + 1, 'start and initializers', this.#starts.get(id) ?? now(), now(), { generation })
      },
      'chunk-done': ({ worker, chunks, items, busy }) => {
        const end = now()
        const begin = Math.max(end - 1000 * busy, this.#ends.get(worker) ?? this.#began)
        this.#ends.set(worker, end)
        this.#slice(worker + 1, this.#op, begin, end, { chunks, items })
      },
      'worker-exit': ({ id, exitCode, signal }) => {
        this.#instant(id, signal === null ? `exit ${exitCode ?? '-'}` : signal)
      },
      retry: ({ worker, chunks }) => this.#instant(worker, `${chunks} chunks to others`),
    })
  }

  #starting(worker: number, time: number): void {
    if (!this.#starts.has(worker)) this.#name('thread_name', worker + 1, `worker ${worker}`)
    this.#starts.set(worker, time)
  }

  /** Completes the file. */
  end(): void {
    this.#unfollow()
    this.#slice(0, this.#op, this.#began, now(), {})
    const text = this.#pending
    this.#pending = ''
    this.#write(text)
    this.#write(END)
    written.set(this.#path, { loops: this.#loop, length: this.#length - (this.#broken ? 0 : END.length) })
    closeSync(this.#file)
    this.#ended = true
  }

  #name(kind: string, tid: number, name: string): void {
    this.#add({ ph: 'M', name: kind, tid, args: { name } })
  }

  #slice(tid: number, name: string, begin: number, end: number, args: object): void {
    this.#add({ ph: 'X', name, tid, ts: Math.round(begin), dur: Math.max(1, Math.round(end - begin)), args })
  }

  #instant(worker: number, name: string): void {
    this.#add({ ph: 'i', s: 't', name, tid: worker + 1, ts: Math.round(now()) })
  }

  #add(event: object): void {
    if (this.#ended) return
    this.#pending += `${this.#length + this.#pending.length === 0 ? '[' : ','}\n${JSON.stringify({ ...event, pid: this.#loop })}`
    if (this.#pending.length < FLUSH) return
    const text = this.#pending
    this.#pending = ''
    this.#write(text)
  }

  /** A trace that can't be written any more (a full disk) is given up with a warning: the run matters more. */
  #write(text: string): void {
    if (this.#broken) return
    try {
      this.#length += writeSync(this.#file, text, this.#length)
    } catch (error) {
      this.#broken = true
      process.emitWarning(`the trace ${this.#path} ends early: ${(error as Error).message}`)
    }
  }
}

/** µs since the process began. */
function now(): number {
  return 1000 * performance.now()
}
