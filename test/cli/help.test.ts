import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../../lib/cli/autopara.js', import.meta.url))

function autopara(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr })
    })
  })
}

const help = execFileSync(process.execPath, [bin, '--help'], { encoding: 'utf8' })
const commands = [...help.matchAll(/^ {2}([a-z]+) .*[[<]/gm)].map(([, name]) => name!).filter((name) => name !== 'help')

describe('the help of the command line', () => {
  it('names the commands', () => {
    expect(commands).toEqual(
      expect.arrayContaining(['calculate', 'md', 'minim', 'descriptor', 'select', 'run', 'convert']),
    )
  })

  it.each(commands)('of %s fits 80 columns and has an example', async (name) => {
    const { code, stdout } = await autopara(name, '--help')
    expect(code).toBe(0)
    const [usage, example] = stdout.split(/^Examples?:$/m)
    expect(example).toMatch(new RegExp(`^ {2}autopara ${name} `, 'm'))
    for (const line of usage!.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('names the nearest command and option for a slip of the hand', async () => {
    const command = await autopara('calculte')
    expect(command).toMatchObject({ code: 2, stderr: expect.stringMatching(/Did you mean calculate\?/) })
    const option = await autopara('info', '--jsn', 'x.xyz')
    expect(option).toMatchObject({ code: 2, stderr: expect.stringMatching(/Did you mean --json\?/) })
  })
})

describe('an option with several values', () => {
  it.each([
    ['--properties', 'calculate', '-o', 'o.xyz', '--calculator', 'EMT', '--properties', 'energy', 'in.xyz'],
    ['-k', 'info', '-k', 'energy', 'in.xyz'],
  ])('%s is named where it took the inputs', async (name, ...args) => {
    const { code, stderr } = await autopara(...args)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `autopara: missing required argument 'inputs': ${name} takes all words up to the next option; put it last, or -- behind its values\n`,
    })
    // What it says to do.
    const [file] = args.splice(-1)
    expect((await autopara(...args, '--', file!)).stderr).toContain('there is no file in.xyz')
  })
})

describe('autopara completion', () => {
  it('completes commands, options and choices in bash', async () => {
    const { stdout } = await autopara('completion', 'bash')
    const complete = (...words: string[]): string[] => {
      const script = `${stdout}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_autopara; printf '%s\\n' "\${COMPREPLY[@]}"`
      const { stdout: replies, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
      expect(stderr).toBe('')
      return replies.split('\n').filter((reply) => reply !== '')
    }
    expect(complete('autopara', 'ca')).toEqual(['calculate'])
    expect(complete('autopara', 'calculate', '--calc')).toEqual(['--calculator', '--calculator-args'])
    expect(complete('autopara', 'calculate', '--on-error', '')).toEqual(['raise', 'skip', 'keep'])
    expect(complete('autopara', 'convert', '--dialect', 'l')).toEqual(['libatoms'])
    expect(complete('autopara', 'convert', 'in.x')).toEqual([])
  })

  it('has every command and its options for zsh and fish', async () => {
    expect((await autopara('completion', 'zsh')).stdout).toMatch(/^autoload -U \+X bashcompinit/)
    const { stdout } = await autopara('completion', 'fish')
    for (const name of commands) expect(stdout).toMatch(new RegExp(`-f -a ${name} -d '`))
    expect(stdout).toMatch(/-s o -l output -r -d '/)
    expect((await autopara('completion', 'tcsh')).code).toBe(2)
  })
})
