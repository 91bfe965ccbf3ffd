/**
 * Initializer `log-file`: each worker writes what it prints to a file of its own.
 *
 *     new Pool({ initializer: 'log-file', initargs: ['logs/worker-{id}.log'] })
 *
 * `{id}`, `{generation}`, `{serial}`, `{pid}` and `{name}` are filled in. Lines are appended at once, so that a crash loses
 * none; workers may share a file. Only what goes through `process.stdout`, `process.stderr` and `console` is caught. In a
 * serial run the program's output stays where it is.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { currentWorker } from '../lib/base/current-worker.js'
import { nearest, rangeError, typeError } from '../lib/base/options.js'

/** What is filled in. */
const FACTS = ['id', 'generation', 'serial', 'pid', 'name'] as const

const streams = ['stdout', 'stderr'] as const

let undo: (() => void) | undefined

/** @param path the file (folders are made), relative to the current folder */
export default function logFile(path: string): void {
  if (typeof path !== 'string' || path === '') throw typeError('path', 'the path of a file', path)
  for (const [, name = ''] of path.matchAll(/\{(\w*)\}/g)) checkFact(name, path)
  const worker = currentWorker()
  if (worker === null || worker.context === 'serial') return
  const facts = worker as unknown as Record<string, unknown>
  const file = resolve(path.replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key])))
  mkdirSync(dirname(file), { recursive: true })
  redirect(openSync(file, 'a'))
}

function checkFact(name: string, path: string): void {
  if (FACTS.some((fact) => fact === name)) return
  const near = nearest(name, FACTS)
  const known = near === undefined ? `one of ${FACTS.map((fact) => `{${fact}}`).join(', ')}` : `{${near}}`
  throw rangeError('path', `a path in whose braces stands what can be filled in (${known} instead of {${name}})`, path)
}

/** Gives the worker its streams back. */
export function finalize(): void {
  undo?.()
  undo = undefined
}

function redirect(fd: number): void {
  const kept = streams.map((name) => process[name].write)
  for (const name of streams) process[name].write = writer(fd)
  undo = () => {
    for (const [i, name] of streams.entries()) process[name].write = kept[i] as typeof process.stdout.write
    closeSync(fd)
  }
}

/** A `write` that has written when it returns. */
function writer(fd: number): typeof process.stdout.write {
  return (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : chunk
    for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from)
    const callback = typeof encoding === 'function' ? encoding : done
    if (typeof callback === 'function') process.nextTick(callback as () => void)
    return true
  }
}
