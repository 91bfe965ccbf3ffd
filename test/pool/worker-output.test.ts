import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const script = fileURLToPath(new URL('../fixtures/scripts/pool-output.mjs', import.meta.url))

describe('the output of workers', () => {
  it.each(['inherit', 'tagged', 'ignore'])('%s: nothing is lost at the end', async (stdio) => {
    const { stdout, stderr } = await run(process.execPath, [script, stdio], { maxBuffer: 2 ** 24 })
    const lines = stdout.trim().split('\n')
    const tag = stdio === 'tagged' ? /^\[talkers-\d\] / : /^/
    if (stdio === 'ignore') {
      expect(stdout + stderr).toBe('')
      return
    }
    expect(lines).toHaveLength(2000)
    expect(lines.every((line) => tag.test(line))).toBe(true)
    expect(new Set(lines.map((line) => line.replace(tag, ''))).size).toBe(2000)
    expect(stderr.trim().split('\n')).toHaveLength(20)
    expect(stderr).toMatch(tag)
  })

  it.each(['inherit', 'tagged'])('%s: nor where nobody reads before the tasks are through', async (stdio) => {
    const program = fork(script, [stdio], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
    await once(program, 'message')
    const stdout = await text(program.stdout as Readable)
    expect(stdout.trim().split('\n')).toHaveLength(2000)
  })
})
