import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()

interface Ended {
  code: number | null
  signal: string | null
  lines: string[]
  stderr: string
}

/** Runs a script of test/fixtures/scripts; `onLine` hears each line of its stdout. */
async function run(
  script: string,
  args: string[],
  onLine: (line: string, child: ChildProcess) => void = () => {},
): Promise<Ended> {
  const path = fileURLToPath(new URL(`../fixtures/scripts/${script}`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    onLine(line, child)
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, lines, stderr }
}

/** Whether a process runs: not gone, and no zombie that waits to be buried. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The workers that still run after a time in which all must have ended. There is no event for other people's children. */
async function leftOf(pids: number[], limit: number): Promise<number[]> {
  const end = performance.now() + limit
  while (pids.some(runs) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
  return pids.filter(runs)
}

const pidsOf = (ended: Ended): number[] => JSON.parse(ended.lines.find((line) => line.startsWith('[')) as string)

describe.skipIf(process.platform !== 'linux')('the end of the program', () => {
  it.each([
    ['runs off its end', 'end', 'nothing'],
    ['exits', 'exit', 'nothing'],
    ['exits', 'exit', 'wait'],
    ['exits', 'exit', 'spin'],
    ['throws', 'throw', 'spin'],
    ['leaves a rejection unhandled', 'rejection', 'spin'],
  ])(
    '5.4, 6.5 leaves no worker and names what is unfinished when it %s (%s, workers do: %s)',
    async (_, end, doing) => {
      const ended = await run('pool-end.mjs', [end, doing, scratch()])
      expect(ended.code).toBe(end === 'throw' || end === 'rejection' ? 1 : 0)
      expect(await leftOf(pidsOf(ended), 2000)).toEqual([])
      if (doing === 'nothing') expect(ended.stderr).toBe('')
      else expect(ended.stderr).toContain('one call is unfinished in pool "pool"')
    },
  )

  it.each(
    (['SIGTERM', 'SIGKILL'] as const).flatMap((signal) =>
      ['nothing', 'wait', 'spin'].map((doing) => [signal, doing] as const),
    ),
  )('5.4 leaves no worker when it is ended by %s, workers do: %s', async (signal, doing) => {
    const ended = await run('pool-end.mjs', [signal, doing, scratch()], (line, child) => {
      if (line.startsWith('[')) child.kill(signal)
    })
    expect(ended.signal).toBe(signal)
    expect(await leftOf(pidsOf(ended), 2000)).toEqual([])
  })

  it('5.4 leaves no worker of node:cluster either', async () => {
    const ended = await run('pool-end.mjs', ['SIGKILL', 'spin', scratch(), 'cluster'], (line, child) => {
      if (line.startsWith('[')) child.kill('SIGKILL')
    })
    expect(await leftOf(pidsOf(ended), 2000)).toEqual([])
  })

  it('5.5 by one SIGINT lets what runs finish, rejects the rest, and ends as the signal would', async () => {
    const folder = scratch()
    const ended = await run('pool-interrupt.mjs', [folder], (line, child) => {
      if (line !== 'running') return
      child.kill('SIGINT')
      writeFileSync(join(folder, 'gate'), '')
    })
    expect(ended.lines).toEqual(['running', expect.stringMatching(/^InterruptedError \d+$/), 'closed'])
    expect([ended.code, ended.signal]).toEqual([null, 'SIGINT'])
  })

  it('5.5 by SIGINT is left to a program that listens itself', async () => {
    const ended = await run('pool-interrupt.mjs', [scratch(), 'listens'], (line, child) => {
      if (line === 'running') child.kill('SIGINT')
    })
    expect(ended.lines).toEqual(['running', 'heard', 'InterruptedError 2', 'closed'])
    expect([ended.code, ended.signal]).toEqual([0, null])
  })

  it('5.5 by SIGINT rejects a call that still collects its items', async () => {
    const ended = await run('collecting-interrupt.mjs', [], (line, child) => {
      if (line === 'collecting') child.kill('SIGINT')
    })
    expect(ended.lines).toEqual(['collecting', 'InterruptedError'])
  })

  it('5.5 by two SIGINTs kills', async () => {
    const ended = await run('pool-end.mjs', ['SIGINT', 'spin', scratch()], (line, child) => {
      if (!line.startsWith('[')) return
      child.kill('SIGINT')
      // The second must be one of its own: the first is taken in a turn of the event loop.
      setTimeout(() => child.kill('SIGINT'), 200)
    })
    expect(ended.signal).toBe('SIGINT')
    expect(await leftOf(pidsOf(ended), 2000)).toEqual([])
  })
})
