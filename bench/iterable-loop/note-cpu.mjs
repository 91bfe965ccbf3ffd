// An initializer: notes in the file `path` how much CPU (µs) each worker has used at its end.
import { appendFileSync } from 'node:fs'

let file

export default function noteCpu(path) {
  file = path
}

export function finalize() {
  const { user, system } = process.cpuUsage()
  appendFileSync(file, `${user + system}\n`)
}
