// The child of the bare `fork`: answers each message with one.
import * as tasks from '../pool/tasks.mjs'

const byName = new Map(Object.entries(tasks))

process.on('message', async ([index, name, item]) => {
  const result = byName.get(name)(item)
  process.send([index, result instanceof Promise ? await result : result])
})
