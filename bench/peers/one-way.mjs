// The socketpair's limit: the bytes of the items written one way into a child that drops them. A control of the control.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { encode } from './raw-pipe-frames.mjs'

export async function open() {
  const file = fileURLToPath(new URL('one-way-worker.mjs', import.meta.url))
  const child = fork(file, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] })
  const pipe = child.stdio[4]
  return {
    async run(_name, items) {
      const bytes = Buffer.concat(encode([items[0]]))
      child.send(bytes.length * items.length)
      const arrived = new Promise((resolve) => child.once('message', resolve))
      for (let i = 0; i < items.length; i++) {
        if (!pipe.write(bytes)) await new Promise((resolve) => pipe.once('drain', resolve))
      }
      await arrived
      return items
    },
    close() {
      child.kill('SIGKILL')
    },
  }
}
