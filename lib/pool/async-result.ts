/** The handle of a call that was begun: `multiprocessing.pool.AsyncResult`, and a thenable besides. */
import { ResultNotReadyError, TimeoutError } from './pool-errors.js'
import { checkTime } from './pool-options.js'

/**
 * The result of an `…Async` call. `await` it, or use Python's methods.
 *
 * A rejected one that nobody reads is no unhandled rejection.
 */
export class AsyncResult<R> implements PromiseLike<R> {
  readonly #promise: Promise<R>
  #state: 'pending' | 'fulfilled' | 'rejected' = 'pending'

  /** @param promise the outcome */
  constructor(promise: Promise<R>) {
    this.#promise = promise
    promise.then(
      () => {
        this.#state = 'fulfilled'
      },
      () => {
        this.#state = 'rejected'
      },
    )
  }

  /**
   * The value, or the call's error.
   *
   * @param timeout ms; when they are over, rejects with {@link TimeoutError}, and a later `get` can still succeed
   */
  async get(timeout?: number): Promise<R> {
    const limit = checkTime('timeout', timeout)
    return await (limit === undefined ? this.#promise : withTimeout(this.#promise, limit, 'the call'))
  }

  /** Settles when the result is there, or after `timeout` ms; does not reject for the call's error. */
  async wait(timeout?: number): Promise<void> {
    checkTime('timeout', timeout)
    await this.get(timeout).catch(() => {})
  }

  /** Whether the call is through, well or badly. */
  ready(): boolean {
    return this.#state !== 'pending'
  }

  /**
   * Whether it ended well.
   *
   * @throws {ResultNotReadyError} before it ended
   */
  successful(): boolean {
    if (this.#state === 'pending') throw new ResultNotReadyError()
    return this.#state === 'fulfilled'
  }

  // biome-ignore lint/suspicious/noThenProperty: `await pool.applyAsync(…)` gives the value
  then<A = R, B = never>(
    onValue?: ((value: R) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onValue, onError)
  }
}

/** Rejects with a {@link TimeoutError} when `promise` takes longer than `limit` ms. */
export function withTimeout<T>(promise: Promise<T>, limit: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(what, limit)), limit)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
