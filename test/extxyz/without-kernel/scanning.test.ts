/** The tests of finding frames once more, where Node has no WebAssembly. */
import { expect, it, vi } from 'vitest'
import { theKernel } from '../../../lib/extxyz/kernel.js'

vi.stubGlobal('WebAssembly', undefined)

await import('../frame-index.test.js')
await import('../frame-scanner.test.js')

it('has no kernel', () => {
  expect(theKernel()).toBeUndefined()
})
