// The child of the bare `fork`: answers each message with one.
import * as tasks from '../pool/tasks.mjs'

process.on('message', async ([index, name, item]) => {
  const result = tasks[name](item)
  process.send([index, result instanceof Promise ? await result : result])
})
