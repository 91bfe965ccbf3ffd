// Control: an own duplex pipe beside `fork`, frames of `perFrame` tasks. What any pool on pipes could reach at best:
// there is no queue, no order, no error, no window, and a configuration's layout is known to both sides.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { decode, encode, readFrames, writeFrame } from './raw-pipe-frames.mjs'

export async function open({ workers, perFrame = 1 }) {
  const file = fileURLToPath(new URL('raw-pipe-worker.mjs', import.meta.url))
  const children = Array.from({ length: workers }, () =>
    fork(file, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] }),
  )
  return {
    run(_name, items, { depth }) {
      const results = []
      let next = 0
      return new Promise((resolve) => {
        for (const child of children) {
          const pipe = child.stdio[4]
          const send = () => {
            if (next >= items.length) return
            writeFrame(pipe, encode(items.slice(next, next + perFrame)))
            next += perFrame
          }
          pipe.removeAllListeners('data')
          readFrames(pipe, (frame) => {
            for (const result of decode(frame)) results.push(result)
            send()
            if (results.length === items.length) resolve(results)
          })
          for (let i = 0; i < depth; i++) send()
        }
      })
    },
    close() {
      for (const child of children) child.kill('SIGKILL')
    },
  }
}
