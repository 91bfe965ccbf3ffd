/** Commands of calculators whose process ends before them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const program = fileURLToPath(new URL('../fixtures/endless-command.mjs', import.meta.url))
const patience = { timeout: 30_000, interval: 20 }

/** The program, once its command runs. */
async function started(folder: string, context?: string): Promise<{ child: ChildProcess; leader: number }> {
  const args = context === undefined ? [program, folder] : [program, folder, context]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  await vi.waitFor(() => expect(existsSync(join(folder, 'pid'))).toBe(true), patience)
  return { child, leader: Number(readFileSync(join(folder, 'pid'), 'utf8')) }
}

/** Whether a process of the group that `leader` led is there. */
function hasGroup(leader: number): boolean {
  try {
    return process.kill(-leader, 0)
  } catch {
    return false
  }
}

describe.skipIf(process.platform !== 'linux')('a command that runs when its process ends', () => {
  it.each([
    ['the program gets SIGTERM', undefined, 'SIGTERM', true],
    ['the program is killed', undefined, 'SIGKILL', false],
    ['the pool of its worker is terminated', 'fork', 'SIGUSR2', true],
    ['the pool of its thread is terminated', 'thread', 'SIGUSR2', false],
    ['the program of its worker is killed', 'fork', 'SIGKILL', true],
  ] as const)('ends with all that it started: %s', async (_what, context, signal, tidy) => {
    const folder = scratch()
    const { child, leader } = await started(folder, context)
    expect(readFileSync(join(folder, 'mode'), 'utf8')).toBe('700\n')
    expect(hasGroup(leader)).toBe(true)
    child.kill(signal)
    const [code, by] = (await once(child, 'exit')) as [number | null, string | null]
    expect([code, by]).toEqual(signal === 'SIGUSR2' ? [0, null] : [null, signal])
    await vi.waitFor(() => expect(hasGroup(leader)).toBe(false), patience)
    const left = readdirSync(folder).filter((name) => name.startsWith('FileCalculator-'))
    expect(left).toHaveLength(tidy ? 0 : 1)
  })
})
