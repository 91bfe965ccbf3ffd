// An initializer as a package. It needs nothing of autopara: a default export that runs at a worker's start, and a
// `finalize` that runs at its end. Threads share their current folder, so it says that it is not for them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

let before
let folder

export default function scratchFolder(prefix = 'scratch-') {
  if (!isMainThread) throw new Error('autopara-scratch-folder is for processes: threads share their current folder')
  before = process.cwd()
  folder = mkdtempSync(join(tmpdir(), prefix))
  process.chdir(folder)
}

export function finalize() {
  process.chdir(before)
  rmSync(folder, { recursive: true, force: true })
}
