/** The signals that calls are given: one listener each, however many calls it ends. */

type OnAbort = (reason: Error) => void

interface Heeded {
  readonly calls: Set<OnAbort>
  readonly listener: () => void
}

/** The signals of a pool's calls. */
export class AbortSignals {
  readonly #heeded = new Map<AbortSignal, Heeded>()

  /** Calls `onAbort` when the signal is aborted; at once if it is. */
  heed(signal: AbortSignal | undefined, onAbort: OnAbort): void {
    if (signal?.aborted) onAbort(reasonOf(signal))
    else if (signal) this.#of(signal).calls.add(onAbort)
  }

  /** Does so no more. */
  forget(signal: AbortSignal | undefined, onAbort: OnAbort): void {
    const heeded = signal && this.#heeded.get(signal)
    if (!heeded?.calls.delete(onAbort) || heeded.calls.size > 0) return
    signal?.removeEventListener('abort', heeded.listener)
    this.#heeded.delete(signal as AbortSignal)
  }

  #of(signal: AbortSignal): Heeded {
    const known = this.#heeded.get(signal)
    if (known) return known
    const calls = new Set<OnAbort>()
    const listener = (): void => {
      this.#heeded.delete(signal)
      for (const onAbort of calls) onAbort(reasonOf(signal))
    }
    const heeded = { calls, listener }
    this.#heeded.set(signal, heeded)
    signal.addEventListener('abort', listener, { once: true })
    return heeded
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new DOMException(String(reason), 'AbortError')
}
