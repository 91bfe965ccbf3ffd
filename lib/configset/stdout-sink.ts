/** Standard output as a place for configurations, with the back-pressure of whoever reads it. */
import { once } from 'node:events'
import type { ByteSink, Text } from './byte-sink.js'

/** Appends to `process.stdout`, which is left open. */
export class StdoutSink implements ByteSink {
  /** What went wrong with a text that was appended. */
  #failure: Error | undefined

  append(text: Text): Promise<void> | undefined {
    if (this.#failure) throw this.#failure
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
    if (bytes.length === 0 || process.stdout.write(bytes, (error) => this.#written(error))) return undefined
    return once(process.stdout, 'drain').then(() => undefined)
  }

  #written(error: Error | null | undefined): void {
    if (error) this.#failure ??= error
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      process.stdout.write('', (error) => (error ? reject(error) : resolve())),
    )
    if (this.#failure) throw this.#failure
  }

  async abandon(): Promise<void> {}
}
