/**
 * What the package itself says on stderr while it works. Where that can't be written any more (its reader is gone, the disk is
 * full), nothing is said and the work goes on; Node would end the program.
 */

/** The errors of what was told here: those of other writes are their program's. */
const own = new WeakSet<Error>()
let unfinished = 0

/** Writes `text` on stderr, if it can be written. */
export function tell(text: string): boolean {
  const { stderr } = process
  if (unfinished++ === 0) stderr.on('error', passOn)
  // What stands behind another write fails with the error of that one.
  const isFirst = stderr.writableLength === 0 && !stderr.errored
  return stderr.write(text, (error) => {
    if (error && isFirst) own.add(error)
    // The stream tells its listeners of the error after this call.
    setImmediate(() => {
      if (--unfinished === 0) stderr.off('error', passOn)
    })
  })
}

/** An error that nobody else listens for ends the program as it would without this listener. */
function passOn(error: Error): void {
  if (!own.has(error) && process.stderr.listenerCount('error') === 1) throw error
}
