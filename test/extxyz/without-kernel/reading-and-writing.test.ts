/** The tests of reading and writing once more, where Node has no WebAssembly: then the oracles of the kernel do all of it. */
import { expect, it, vi } from 'vitest'
import { theKernel } from '../../../lib/extxyz/kernel.js'

vi.stubGlobal('WebAssembly', undefined)

await import('../blocks.test.js')
await import('../corpus.test.js')
await import('../mutations.test.js')
await import('../read-frame.test.js')
await import('../real-files.test.js')
await import('../write-frame.test.js')

it('has no kernel', () => {
  expect(theKernel()).toBeUndefined()
})
