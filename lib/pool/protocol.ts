/**
 * The messages between a pool and its workers: the border where bytes become typed values.
 *
 *     parent ── hello, recipe, run, forget, recall, stop ──►  worker
 *     parent ◄── ready, failed, done, returned, fatal ──────  worker
 *
 * A worker handles its pieces in the order in which they were sent, and its outcomes come back in that order: so no piece
 * needs a name on the wire. A *recipe* is what a call's pieces have in common (function, arguments, seed); it is sent to
 * each worker once. Every message carries the protocol's version by its frame's mark.
 */
import type { Program } from '../base/main-module.js'
import { decodeValue, encodeValue } from './codec.js'
import { type Column, columnLength, isColumn } from './column.js'
import { type ErrorRecord, isErrorRecord } from './error-record.js'
import { type Frame, makeFrame, openFrame } from './frames.js'
import type { InitializerSpec } from './initializers.js'
import type { TaskSpec } from './task-spec.js'

/** How a recipe's function is called: `f(item)`, `f(...item)`, or once per piece as `f(items, args)`. */
export type CallMode = 'item' | 'star' | 'chunk'

/** Who the worker is, as the parent decides it. */
export interface WorkerIdentity {
  readonly id: number
  readonly generation: number
  readonly serial: number
  readonly name: string
  readonly context: 'serial' | 'fork' | 'cluster' | 'thread' | 'mpi'
}

/** The first message to a worker. */
export interface Hello {
  readonly type: 'hello'
  readonly worker: WorkerIdentity
  readonly program: Program
  readonly initializers: readonly InitializerSpec[]
  /** Report the resident memory with every outcome message. */
  readonly reportMemory: boolean
  /** How many pools stand above the worker's own. */
  readonly depth: number
}

/** What the pieces of one call have in common. */
export interface Recipe {
  readonly type: 'recipe'
  readonly id: number
  readonly spec: TaskSpec
  readonly mode: CallMode
  readonly args: readonly unknown[]
  readonly seed: number | string | null
}

/** Work: pieces of one recipe, with their items in one block. */
export interface Run {
  readonly type: 'run'
  readonly recipe: number
  /** The input number of each piece's first item. */
  readonly starts: readonly number[]
  /** The number of items of each piece. */
  readonly counts: readonly number[]
  /** True: every outcome leaves before the next item begins; null: only while items take long enough. */
  readonly exact: boolean | null
  readonly items: Column
}

/** Outcomes of the next `count` items, in order. */
export interface Done {
  readonly type: 'done'
  readonly count: number
  readonly values: Column
  /** Failures: place among these outcomes, how many share it, and the error. */
  readonly errors: readonly (readonly [at: number, count: number, error: ErrorRecord])[]
  /** ms that the items took. */
  readonly busy: number
  /** Whether from here on every outcome leaves before the next item begins. */
  readonly exact: boolean
  /** Resident bytes, if asked for. */
  readonly memory?: number
}

export type ToWorker =
  | Hello
  | Recipe
  | Run
  | { readonly type: 'forget'; readonly recipe: number }
  | { readonly type: 'recall' }
  | { readonly type: 'stop' }

export type FromWorker =
  | { readonly type: 'ready'; readonly pid: number }
  | { readonly type: 'failed'; readonly error: ErrorRecord }
  | Done
  | { readonly type: 'returned'; readonly pieces: number }
  | { readonly type: 'fatal'; readonly error: ErrorRecord }

/** A message with the parcels of its block. */
export interface Received<M> {
  readonly message: M
  readonly parcels: Uint8Array
}

/** Makes a frame of a message and the parcels of its block. */
export function encodeMessage(message: ToWorker | FromWorker, parcels: readonly Uint8Array[] = []): Frame {
  return makeFrame(encodeValue(message), parcels)
}

/** Reads a worker's message. Throws for what is none. */
export function decodeFromWorker(bytes: Uint8Array): Received<FromWorker> {
  const received = decode(bytes)
  const { message } = received
  switch (message.type) {
    case 'done':
      checkDone(message)
      return received as unknown as Received<FromWorker>
    case 'failed':
    case 'fatal':
      check(isErrorRecord(message['error']), 'a malformed error')
      return received as unknown as Received<FromWorker>
    case 'returned':
      check(isCount(message['pieces']), 'a malformed answer')
      return received as unknown as Received<FromWorker>
    case 'ready':
      return received as unknown as Received<FromWorker>
    default:
      throw new TypeError(`a worker sent a message of unknown type ${String(message.type)}`)
  }
}

/** Reads the parent's message. Throws for what is none. */
export function decodeToWorker(bytes: Uint8Array): Received<ToWorker> {
  const received = decode(bytes)
  const known = ['hello', 'recipe', 'run', 'forget', 'recall', 'stop']
  if (!known.includes(String(received.message.type))) {
    throw new TypeError(`the pool sent a message of unknown type ${String(received.message.type)}`)
  }
  return received as unknown as Received<ToWorker>
}

function decode(bytes: Uint8Array): { message: Record<string, unknown>; parcels: Uint8Array } {
  const { head, parcels } = openFrame(bytes)
  const message = decodeValue(head)
  if (typeof message !== 'object' || message === null) throw new TypeError('a message on the wire is no object')
  return { message: message as Record<string, unknown>, parcels }
}

function checkDone(message: Record<string, unknown>): void {
  const { count, values, errors, busy } = message
  const sound = isCount(count) && isColumn(values) && columnLength(values) === count && typeof busy === 'number'
  check(sound && Array.isArray(errors) && errors.every(isFailure), 'malformed outcomes')
}

function isFailure(entry: unknown): boolean {
  if (!Array.isArray(entry)) return false
  const [at, count, error] = entry as unknown[]
  return isCount(at) && isCount(count) && isErrorRecord(error)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function check(sound: boolean, what: string): void {
  if (!sound) throw new TypeError(`a worker sent ${what}`)
}
