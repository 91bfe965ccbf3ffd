/**
 * A reference to a module's export: the only thing that names code on a wire.
 *
 * The receiver does `import(url)` and takes the export `name`; the sender never ships source text (except by `inline`).
 */
export interface ModuleRef {
  /** An absolute module URL (`file:`, `data:`, `node:`). */
  readonly url: string
  /** The export's name; `default` for the default export. */
  readonly name: string
}
