// Control: bare `fork`, one IPC message a task, so many under way at each worker. No pool, no errors, no order to keep.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export async function open({ workers }) {
  const file = fileURLToPath(new URL('raw-fork-worker.mjs', import.meta.url))
  const children = Array.from({ length: workers }, () => fork(file, { serialization: 'advanced' }))
  return {
    run(name, items, { depth }) {
      const results = new Array(items.length)
      let next = 0
      let open = items.length
      return new Promise((resolve) => {
        for (const child of children) {
          const send = () => {
            if (next < items.length) child.send([next, name, items[next++]])
          }
          child.removeAllListeners('message')
          child.on('message', ([index, result]) => {
            results[index] = result
            send()
            if (--open === 0) resolve(results)
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
