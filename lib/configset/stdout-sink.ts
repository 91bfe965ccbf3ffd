/** Standard output as a place for configurations, with the back-pressure of whoever reads it. */
import { once } from 'node:events'

/** Where an output's bytes go; see `FileSink` for the meaning of each call. */
export interface ByteSink {
  append(bytes: Uint8Array, next?: number): Promise<void> | undefined
  end(): Promise<void>
  abandon(): Promise<void>
}

/** Appends to `process.stdout`, which is left open. */
export class StdoutSink implements ByteSink {
  append(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length === 0 || process.stdout.write(bytes)) return undefined
    return once(process.stdout, 'drain').then(() => undefined)
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      process.stdout.write('', (error) => (error ? reject(error) : resolve())),
    )
  }

  async abandon(): Promise<void> {}
}
