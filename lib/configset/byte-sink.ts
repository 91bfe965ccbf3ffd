/** The shape of every output that text is appended to. */

/** Bytes, or a string with a character for each byte (latin1), which crosses a wire more cheaply when it is short. */
export type Text = Uint8Array | string

/** What a text that was appended completes, for the journal. */
export interface Mark {
  /** The number of the item behind those that are appended. */
  readonly next: number
  /** How many configurations are appended. */
  readonly frames: number
}

/** Where an output's text goes; see `FileSink` for the meaning of each call. */
export interface ByteSink {
  append(text: Text, mark?: Mark): Promise<void> | undefined
  end(): Promise<void>
  abandon(): Promise<void>
}
