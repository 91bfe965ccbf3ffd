import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../../../lib/cli/autopara.js', import.meta.url))
const ops = fileURLToPath(new URL('../../fixtures/ops.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'autopara-terminal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Whether `script` is there, which runs a command on a terminal of its own; under CI its absence is an error. */
const hasScript = spawnSync('script', ['--version']).status === 0
if (!hasScript && process.env['CI'] === 'true') throw new Error('no script: install bsdutils')

/** Starts a command on a terminal of 80 columns; what comes on stdin is typed there. */
function onTerminal(args: readonly string[], done?: (error: Error | null, output: string) => void): ChildProcess {
  const command = ['stty cols 80;', process.execPath, bin, ...args].join(' ')
  // The tests' own setting would hide what is tested here.
  const { AUTOPARA_PROGRESS: _, ...env } = process.env
  return execFile('script', ['-qec', command, '/dev/null'], { cwd: folder, env, timeout: 120_000 }, done)
}

/** What a command leaves on the terminal, raw. */
function outputOf(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    onTerminal(args, (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
}

/** The states of the line that a bar redraws. */
function framesOf(output: string): string[] {
  const esc = String.fromCharCode(27)
  return output
    .replaceAll(new RegExp(`${esc}\\[[?0-9;]*[A-Za-z]`, 'g'), '\r')
    .split(/[\r\n]+/)
    .filter((line) => line !== '')
}

const frame = '1\nProperties=species:S:1:pos:R:3\nCu 0 0 0\n'
writeFileSync(join(folder, 'in.xyz'), frame.repeat(40))
const run = ['run', `${ops}#takeTime`, 'in.xyz', '--args', '[20]', '--npool', '2', '--seed', '1', '--force']

describe.skipIf(!hasScript)('progress on a terminal', () => {
  it('is a bar with the share, rate, time left, failures and busy workers in 80 columns, that goes when it ends', async () => {
    const output = await outputOf(...run, '-o', 'out.xyz')
    const frames = framesOf(output)
    const bars = frames.filter((line) => line.includes('workers busy'))
    expect(bars[0]).toMatch(/^takeTime: 0 done, 0\/s, 0 failed, [012]\/2 workers busy$/)
    const moving = bars.filter((line) =>
      / \d+ % \d+ done, [\d.]+\/s, \d+ s left, 0 failed, [012]\/2 workers busy$/.test(line),
    )
    expect(moving.length).toBeGreaterThan(0)
    for (const line of bars) expect(line.length).toBeLessThanOrEqual(80)
    expect(frames.at(-1)).toMatch(/^takeTime: 40 items → 40 configurations with 2 processes .* → out\.xyz$/)
    // The cursor is hidden while the bar is there, and shown again.
    expect(output.lastIndexOf('[?25h')).toBeGreaterThan(output.lastIndexOf('[?25l'))
    expect(output.indexOf('[?25l')).toBeGreaterThan(-1)
  })

  it('is silent with --no-progress, but for the last line', async () => {
    const frames = framesOf(await outputOf(...run, '-o', 'quiet.xyz', '--no-progress'))
    expect(frames).toEqual([expect.stringMatching(/^takeTime: 40 items/)])
  })

  it('shows the cursor again when Ctrl-C ends the run', async () => {
    let text = ''
    const slow = ['run', `${ops}#takeTime`, 'in.xyz', '--args', '[300]', '--npool', '1', '-o', 'x.xyz']
    const child = onTerminal(slow)
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (data) => {
        text += String(data)
        if (text.includes('1/1 workers busy')) resolve()
      })
    })
    child.stdin?.write(String.fromCharCode(3))
    await ended
    expect(text).not.toContain('40 items')
    expect(text.lastIndexOf('[?25h')).toBeGreaterThan(text.lastIndexOf('[?25l'))
  })
})
