// What machine this is, and how busy it is.
import { cpus, loadavg } from 'node:os'

/** One line: CPUs, Node's version, the load of the last minute. */
export function machineLine() {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model ?? 'CPU'}, Node ${process.version}, load ${loadText()}`
}

/** The load average of the last minute. */
export function loadText() {
  return loadavg()[0].toFixed(1)
}
