/** Standard output as a place for configurations, with the back-pressure of whoever reads it. */
import { once } from 'node:events'
import type { ByteSink, Text } from './byte-sink.js'

/** Appends to `process.stdout`, which is left open. */
export class StdoutSink implements ByteSink {
  append(text: Text): Promise<void> | undefined {
    if (text.length === 0 || process.stdout.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text))
      return undefined
    return once(process.stdout, 'drain').then(() => undefined)
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      process.stdout.write('', (error) => (error ? reject(error) : resolve())),
    )
  }

  async abandon(): Promise<void> {}
}
