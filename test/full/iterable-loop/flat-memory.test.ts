import { execFile } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bulk, write } from 'autopara'
import { expect, it } from 'vitest'
import { useScratchFolders } from '../../scratch-folder.js'

const scratch = useScratchFolders()
const program = fileURLToPath(new URL('../../fixtures/file-to-file.mjs', import.meta.url))

/** Runs the loop over a file of `copies` MB, and gives the most memory (MB) that the parent had. */
async function memoryOver(folder: string, part: Buffer, copies: number, slowHead: boolean): Promise<number> {
  const input = join(folder, `${copies}.xyz`)
  const file = openSync(input, 'w')
  for (let k = 0; k < copies; k++) writeSync(file, part)
  closeSync(file)
  const output = join(folder, `${copies}.out.xyz`)
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    input,
    output,
    ...(slowHead ? [String(250 * copies)] : []),
  ])
  expect(statSync(output).size).toBe(statSync(input).size)
  return Number(stdout)
}

it.each([
  ['when all items take alike', false],
  ['though the first item takes as long as all others', true],
])('the memory of the parent does not grow with the input, %s', async (_, slowHead) => {
  const folder = scratch()
  const one = join(folder, 'part.xyz')
  await write(
    one,
    Array.from({ length: 250 }, () => bulk('Cu', { cubic: true }).repeat(3)),
  )
  const part = readFileSync(one)
  const small = await memoryOver(folder, part, 40, slowHead)
  const large = await memoryOver(folder, part, 400, slowHead)
  expect(large).toBeLessThan(small + 100)
  expect(large).toBeLessThan(300)
})
