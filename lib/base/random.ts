/**
 * Random numbers that do not depend on who draws them: a generator is named by a path of keys, not by a worker.
 *
 *     new Rng(seed).spawn(itemIndex)     // the same stream in every process, thread and rank
 *
 * The path is hashed (SHA-256) with type tags and lengths, because seedrandom's own string seeding maps different strings
 * ('1' and '11') to one stream. The generator is seedrandom's Alea: quick to construct, 53-bit doubles.
 */
import { createHash, randomBytes } from 'node:crypto'
import alea from 'seedrandom/lib/alea.js'
import { checkInteger, rangeError, typeError } from './options.js'

/** What names a stream: numbers and strings are different keys (1 is not '1'). */
export type RngKey = number | string

/** A generator as plain data: its name, and, once numbers were drawn, where it stands. */
export interface RngState {
  /** The digest that names the stream. */
  readonly path: string
  /** Alea's state; absent: at the start of the stream. */
  readonly alea?: object
  /** The second deviate of the last Box–Muller pair, if it is still to be given out. */
  readonly spare?: number
}

/** A pseudo-random generator named by its seed and the keys it was spawned with. */
export class Rng {
  readonly #path: string
  #generator: ReturnType<typeof alea> | undefined
  #spare: number | undefined

  /** @param seed names the stream (drawn from the operating system when absent), or is a {@link RngState} to go on from. */
  constructor(seed: RngKey | RngState = randomSeed()) {
    if (typeof seed === 'object' && seed !== null) {
      this.#path = seed.path
      this.#spare = seed.spare
      if (seed.alea) this.#generator = alea('', { state: seed.alea })
    } else {
      this.#path = digest('', seed)
    }
  }

  /** The generator named by this one's path and `key`. It does not depend on how many numbers were drawn here. */
  spawn(key: RngKey): Rng {
    return new Rng({ path: digest(this.#path, key) })
  }

  /** A uniform deviate in [0, 1) with 53 random bits. */
  random(): number {
    return this.#live().double()
  }

  /** A normal deviate of mean 0 and variance 1 (Box–Muller; both of a pair are used). */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare
      this.#spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.random()))
    const angle = 2 * Math.PI * this.random()
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** A uniform integer in [lo, hi), hi - lo at most 2^53. */
  integers(lo: number, hi: number): number {
    checkInteger('lo', lo, Number.MIN_SAFE_INTEGER, 'a safe integer')
    checkInteger('hi', hi, Number.MIN_SAFE_INTEGER, 'a safe integer')
    if (hi <= lo) throw rangeError('hi', `greater than lo (${lo})`, hi)
    return lo + Math.floor(this.random() * (hi - lo))
  }

  /** Shuffles `items` in place (Fisher–Yates) and returns them. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integers(0, i + 1)
      const kept = items[i] as T
      items[i] = items[j] as T
      items[j] = kept
    }
    return items
  }

  /** The generator as plain data, from which `new Rng(state)` goes on with the same numbers. */
  state(): RngState {
    const spare = this.#spare === undefined ? {} : { spare: this.#spare }
    return this.#generator
      ? { path: this.#path, alea: { ...this.#generator.state() }, ...spare }
      : { path: this.#path, ...spare }
  }

  /** The generator itself, made at the first draw: spawning alone costs a hash and no generator. */
  #live(): ReturnType<typeof alea> {
    this.#generator ??= alea(this.#path, { state: true })
    return this.#generator
  }
}

/** A seed from the operating system, small enough to be read out and typed in again. */
export function randomSeed(): number {
  return randomBytes(6).readUIntBE(0, 6)
}

/** Names the child `key` of the path named `parent`; the type tag and the length keep 1, '1' and '11' apart. */
function digest(parent: string, key: RngKey): string {
  if (typeof key !== 'string' && (typeof key !== 'number' || !Number.isFinite(key))) {
    throw typeError('seed', 'a string or a finite number', key)
  }
  const text = String(key)
  return createHash('sha256')
    .update(`${parent}/${typeof key}:${text.length}:${text}`, 'utf16le')
    .digest('base64')
}

let current: Rng | undefined

/** This process's generator: what the initializer `seed-random` seeds; otherwise seeded by the operating system. */
export function processRng(): Rng {
  current ??= new Rng()
  return current
}

/** Replaces this process's generator; `undefined` goes back to one seeded by the operating system. */
export function setProcessRng(rng: Rng | undefined): void {
  current = rng
}
