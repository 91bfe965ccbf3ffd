import { fork, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ChildHandle, childStdio } from '../../../build/lib/pool/backends/child-handle.js'
import { decodeFromWorker, encodeMessage } from '../../../build/lib/pool/protocol.js'
import { useScratchFolders } from '../../scratch-folder.js'

const scratch = useScratchFolders()

it('reads all that a worker sent, also when a message to it failed because it had died meanwhile', async () => {
  const gone = join(scratch(), 'gone')
  const child = fork(fileURLToPath(new URL('../../fixtures/last-outcomes.mjs', import.meta.url)), [], {
    stdio: childStdio('ignore'),
    serialization: 'advanced',
  })
  const received: unknown[] = []
  const identity = { id: 0, generation: 0, serial: 0, name: 'test', context: 'fork' } as const
  const end = await new Promise((resolve) => {
    const handle = new ChildHandle(child, identity, 'ignore', {
      frame: (bytes) => received.push(decodeFromWorker(bytes).message),
      cutOff: () => {},
      exit: resolve,
    })
    // This thread is busy until the worker is dead and its last bytes wait to be read; only then does it write.
    const dead = `until grep -q '^State:.Z' /proc/${child.pid}/status || ! [ -e /proc/${child.pid} ]; do :; done; : > "$0"`
    spawnSync('sh', ['-c', dead, gone])
    handle.send(encodeMessage({ type: 'recall' }))
    handle.send(encodeMessage({ type: 'stop' }))
  })
  expect(received).toEqual([
    { type: 'ready', pid: child.pid },
    { type: 'returned', pieces: 3 },
  ])
  expect(end).toMatchObject({ exitCode: 7, signal: null })
}, 30_000)
