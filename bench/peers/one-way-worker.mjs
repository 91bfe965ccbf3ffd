// Reads and drops; says when as many bytes have come as were announced.
import { Socket } from 'node:net'

let expected = 0
const buffer = Buffer.allocUnsafeSlow(1024 * 1024)
new Socket({
  fd: 4,
  readable: true,
  writable: true,
  onread: {
    buffer,
    callback(count) {
      expected -= count
      if (expected === 0) process.send('all')
      return true
    },
  },
})
process.on('message', (bytes) => {
  expected += bytes
  if (expected === 0) process.send('all')
})
