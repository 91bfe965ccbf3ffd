import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { bulk, write } from 'autopara'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * Every mistake that a user can make on the command line: the exit code, and one line that names what, where, and what to do;
 * no file under the output's name, no child left.
 */

const bin = fileURLToPath(new URL('../../../lib/cli/autopara.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'autopara-mistakes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const OPS = `
export const same = (configs) => configs
export const short = (configs) => configs.slice(1)
export const number = () => 5
export const words = (configs) => configs.map(() => 'x')
export const fails = (configs) => { throw new RangeError('no such thing: ' + configs[0].formula) }
export const dies = () => process.exit(3)
export const needsNumber = (configs, by) => { if (typeof by !== 'number') throw new TypeError('by must be a number'); return configs }
export const endless = () => new Promise((resolve) => setTimeout(resolve, 1e9))
export const value = 5
const hidden = (configs) => configs
export class Broken { constructor() { throw new Error('no licence') } calculate() {} }
export class NoCalculator {}
`

beforeAll(async () => {
  await write(join(folder, 'in.xyz'), [
    bulk('Cu', { cubic: true }),
    bulk('Ag', { cubic: true }),
    bulk('Au', { cubic: true }),
  ])
  await write(join(folder, 'iron.xyz'), [bulk('Cu', { cubic: true }), bulk('Fe', { cubic: true })])
  const good = readFileSync(join(folder, 'in.xyz'), 'utf8')
  const files: Record<string, string> = {
    'cut.xyz': good.slice(0, good.lastIndexOf('\nAu')),
    'letters.xyz': good.replace('Ag ', 'Ag x'),
    'text.xyz': 'Hello\n',
    'ops.mjs': OPS,
    'bad.mjs': 'export const same = (c => c\n',
    'broken.json': '[1,',
    'finished.xyz': good,
    'no.db': 'no database',
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  mkdirSync(join(folder, 'folder'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  mkdirSync(join(folder, 'locked'))
  chmodSync(join(folder, 'locked'), 0o555)
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the command; with `mark` in its environment, and so in that of all that it starts. */
async function autopara(args: readonly string[], env: Record<string, string>, mark: string): Promise<Ended> {
  const { VITEST: _, ...rest } = process.env
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { ...rest, ...env, AUTOPARA_TEST_MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout, stderr }
}

/** The processes that carry the mark. */
function marked(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`AUTOPARA_TEST_MARK=${mark}`)
    } catch {
      return false
    }
  })
}

/** Waits until none is left, but not for ever: there is no event for other people's children. */
async function noneLeft(mark: string): Promise<string[]> {
  const end = performance.now() + 3000
  while (marked(mark).length > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
  return marked(mark)
}

const EMT = '-o out.xyz --calculator EMT'

/** What is typed, the exit code, and what the line must name. A word with blanks stands in single quotes. */
const MISTAKES: [typed: string, code: number, names: string[], env?: Record<string, string>][] = [
  // Inputs
  [`calculate missing.xyz ${EMT}`, 1, ['missing.xyz', 'give an existing file']],
  [`calculate '*.cif' ${EMT}`, 1, ['no file matches *.cif', 'glob']],
  [`calculate folder ${EMT}`, 1, ['folder is a folder', 'folder/*.xyz']],
  [`calculate cut.xyz ${EMT}`, 1, ['ends after 3 of 4 atom lines', 'cut.xyz:18', 'frame 2']],
  [`calculate cut.xyz ${EMT} -n 2`, 1, ['cut.xyz:18', 'frame 2']],
  [`calculate letters.xyz ${EMT} -n 2`, 1, ['"x0"', 'letters.xyz:9', 'frame 1']],
  [`calculate text.xyz ${EMT}`, 1, ['number of atoms', 'text.xyz:1', 'frame 0']],
  [`calculate in.xyz@7 ${EMT}`, 1, ['no frame 7', '3 frames', 'in.xyz']],
  [`calculate in.xyz@1:x ${EMT}`, 2, ['"1:x" is no index', '2:8']],
  [`calculate in.xyz@::0 ${EMT}`, 2, ['index', 'step 0']],
  [`calculate no.db ${EMT}`, 1, ['no.db']],
  [`calculate in.xyz no.db ${EMT}`, 2, ['files or databases, not both']],
  [`calculate ${EMT}`, 2, ["missing required argument 'inputs'", '--help']],
  // Outputs
  ['calculate in.xyz --calculator EMT', 2, ['--output', '--help']],
  ['calculate in.xyz -o no/out.xyz --calculator EMT', 1, ['the folder no does not exist', 'create it']],
  ['calculate in.xyz -o folder --calculator EMT', 1, ["can't write folder", 'it is a folder']],
  ['calculate in.xyz -o /proc/out.xyz --calculator EMT', 1, ["can't write /proc/out.xyz"]],
  ['calculate in.xyz -o pipe --calculator EMT --force', 1, ["can't write pipe", 'no regular file']],
  ['convert in.xyz -o pipe --force', 1, ["can't write pipe", 'no regular file']],
  ['calculate in.xyz -o in.xyz --calculator EMT', 1, ['in.xyz is an input and an output', 'another name']],
  ['calculate in.xyz -o ./in.xyz --calculator EMT --force', 1, ['input and an output', 'another name']],
  ['calculate in.xyz -o out.db --calculator EMT', 2, ['out.db', '--tag KEY=VALUE']],
  ['calculate in.xyz -o - --calculator EMT --json', 2, ['--json', '-o -']],
  [`calculate - ${EMT} --resume`, 1, ['resume', 'standard input']],
  [`calculate in.xyz ${EMT} --trace no/t.json`, 1, ['trace no/t.json']],
  // Options and the environment
  [`calculate in.xyz ${EMT} --npol 2`, 2, ["unknown option '--npol'", '--npool?']],
  ['calculte in.xyz', 2, ["unknown command 'calculte'", 'calculate?']],
  [`calculate in.xyz ${EMT} --npool=-1`, 2, ['--npool', "'-1'", 'whole number']],
  [`calculate in.xyz ${EMT} --npool many`, 2, ['--npool', "'many'", 'whole number']],
  [`calculate in.xyz ${EMT} --chunksize 0`, 2, ['--chunksize', "'0'", "'auto'"]],
  [`calculate in.xyz ${EMT} --on-error ignore`, 2, ['--on-error', "'ignore'", 'raise, skip, keep']],
  [`calculate in.xyz ${EMT} --tag foo`, 2, ['--tag', 'KEY=VALUE']],
  [`calculate in.xyz ${EMT}`, 2, ['WFL_AUTOPARA_NPOOL', '"two"', '0, 1, 2'], { WFL_AUTOPARA_NPOOL: 'two' }],
  [`calculate in.xyz ${EMT}`, 2, ['WFL_AUTOPARA_NPOOL', '"-1"'], { WFL_AUTOPARA_NPOOL: '-1' }],
  [`calculate in.xyz ${EMT}`, 2, ['AUTOPARA_PROGRESS', '"yes"', '0 or 1'], { AUTOPARA_PROGRESS: 'yes' }],
  [`calculate in.xyz ${EMT}`, 2, ['WFL_MPIPOOL', 'mpirun -np 4'], { WFL_MPIPOOL: '1' }],
  ['info pipe', 1, ['pipe is a pipe', 'read it as -']],
  ['completion tcsh', 2, ["'tcsh'", 'bash, zsh, fish']],
  // Calculators and initializers
  ['calculate in.xyz -o out.xyz', 2, ['--calculator', '--help']],
  ['calculate in.xyz -o out.xyz --calculator EMTT', 2, ["'EMTT'", 'did you mean EMT?']],
  ['calculate in.xyz -o out.xyz --calculator lennardjones', 2, ['did you mean LennardJones?']],
  ['calculate in.xyz -o out.xyz --calculator ./nowhere.mjs#Mine', 2, ['--calculator', './nowhere.mjs']],
  ['calculate in.xyz -o out.xyz --calculator ./ops.mjs#Mine -n 1', 1, ['ops.mjs', "'Mine'", 'Broken']],
  ['calculate in.xyz -o out.xyz --calculator ./ops.mjs#Broken -n 1', 1, ['Broken', 'no licence']],
  ['calculate in.xyz -o out.xyz --calculator ./ops.mjs#NoCalculator', 1, ['NoCalculator', 'calculate()']],
  [`calculate in.xyz ${EMT} --calculator-args {`, 2, ['--calculator-args', 'JSON']],
  [`calculate in.xyz ${EMT} --calculator-args '{"asap":1}'`, 1, ['EMT', '`asap`', 'asapCutoff']],
  [`calculate iron.xyz ${EMT} --on-error raise -n 2`, 1, ['EMT', 'Fe', '/ 1 of iron.xyz']],
  [`calculate in.xyz ${EMT} --initializer seed-randm`, 2, ['seed-randm', 'did you mean seed-random?']],
  [`calculate in.xyz ${EMT} --initializer ./none.mjs`, 2, ['--initializer', './none.mjs']],
  [`calculate in.xyz ${EMT} --initializer ./ops.mjs#sane -n 1`, 1, ['ops.mjs', 'sane', 'did you mean same?']],
  // Operations
  ['run ./none.mjs#same in.xyz -o out.xyz', 2, ['./none.mjs']],
  ['run ./ops.mjs# in.xyz -o out.xyz', 2, ['MODULE#EXPORT', './ops.mjs#']],
  ['run ./ops.mjs#hidden in.xyz -o out.xyz', 1, ['ops.mjs', 'no export hidden', 'it exports']],
  ['run ./ops.mjs#sahme in.xyz -o out.xyz -n 2', 1, ['ops.mjs', 'no export sahme', 'did you mean same?']],
  ['run ./ops.mjs#value in.xyz -o out.xyz', 1, ['value', 'must be a function', 'number']],
  ['run ./bad.mjs#same in.xyz -o out.xyz -n 1', 1, ['bad.mjs', 'SyntaxError']],
  ['run ./ops.mjs#short in.xyz -o out.xyz -n 2 -c 2', 1, ['short', '0 entries for 1 items', '/ 0 of in.xyz']],
  ['run ./ops.mjs#number in.xyz -o out.xyz', 1, ['number must return a list', '5', '/ 0 of in.xyz']],
  ['run ./ops.mjs#words in.xyz -o out.xyz', 1, ['must be Atoms', '"x"', '/ 0 of in.xyz']],
  ['run ./ops.mjs#fails in.xyz -o out.xyz -n 2', 1, ['no such thing: Cu4', '/ 0 of in.xyz']],
  ['run ./ops.mjs#dies in.xyz -o out.xyz -n 2', 1, ['exited with code 3', '/ 0 of in.xyz']],
  ['run ./ops.mjs#endless in.xyz -o out.xyz -n 2 --task-timeout 200', 1, ['200 ms', '/ 0 of in.xyz']],
  [`run ./ops.mjs#needsNumber in.xyz -o out.xyz --args '["x"]'`, 1, ['by must be a number', '/ 0 of in.xyz']],
  ['run ./ops.mjs#needsNumber in.xyz -o out.xyz --args [0.5', 2, ['--args', 'JSON']],
  ['run ./ops.mjs#needsNumber in.xyz -o out.xyz --args 0.5', 2, ['--args', 'JSON list', '[0.5]']],
  // The other commands
  [`md in.xyz ${EMT} --steps 1`, 2, ['--dt', '--help']],
  [`md in.xyz ${EMT} --steps 1 --dt x`, 2, ['--dt', "'x'", 'number']],
  [`md in.xyz ${EMT} --steps 1 --dt 1 --integrator verlet`, 2, ['--integrator', 'berendsen, langevin']],
  [`md in.xyz ${EMT} --steps 1 --dt 1 --temperature-tau 5`, 2, ['temperature']],
  [`minim in.xyz ${EMT} --optimizer bfgz`, 2, ['--optimizer', 'lbfgs']],
  [`minim in.xyz ${EMT} --keep-part lst`, 2, ['--keep-part', 'last_converged']],
  [`descriptor in.xyz -o out.xyz -k d -d '{"type":"sop"}'`, 2, ["'soap' or 'acsf'", '"sop"']],
  ["descriptor in.xyz -o out.xyz -k d -d 'soap nmax=8'", 2, ['n_max', 'nmax=8']],
  ['select in.xyz -o out.xyz -N 2 -k soap', 1, ['info.soap', '`descriptor`']],
  ['info missing.xyz', 1, ['missing.xyz']],
  ['info in.xyz --key pos', 1, ['pos']],
  ['convert cut.xyz -o out.xyz', 1, ['cut.xyz:18', 'frame 2']],
  ['convert cut.xyz -o out.db', 1, ['cut.xyz:18', 'frame 2']],
  ['convert cut.xyz -o finished.xyz --append', 1, ['cut.xyz:18', 'frame 2']],
  ['convert in.xyz -o finished.xyz', 1, ['finished.xyz exists', '--force', '--append']],
  ['convert in.xyz -o ./in.xyz --force', 1, ['input and an output', 'another name']],
  ['convert in.xyz -o out.xyz --real-format %8.3f', 2, ['--real-format', '%16.8f']],
  ['convert in.xyz -o out.db --dialect ase', 2, ['--dialect', 'database']],
  ['bench ./ops.mjs#same --items none.json', 2, ['--items', 'none.json']],
  ['bench ./ops.mjs#same --items broken.json', 2, ['--items broken.json', 'JSON']],
]

/** The words of a line, as a shell takes it. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

/** Names and contents of the folder's files. */
function contents(): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), 'latin1')]))
}

describe('a mistake is told in one line, leaves no file and no child', () => {
  it.each(MISTAKES)('autopara %s → %i', async (typed, code, names, env = {}) => {
    const before = contents()
    const mark = `mistake-${process.pid}-${Math.random()}`
    const ended = await autopara(words(typed), env, mark)
    expect(ended.stderr).toMatch(/^autopara: .*\n$/)
    for (const name of names) expect(ended.stderr).toContain(name)
    expect(ended).toMatchObject({ code })
    // With --json the error is on standard output too, unless that is where the results go.
    expect(ended.stdout).toBe('')
    expect(contents()).toEqual(before)
    expect(await noneLeft(mark)).toEqual([])
  })

  // Root may write everywhere.
  it.skipIf(process.getuid?.() === 0)('a folder that must not be written', async () => {
    const ended = await autopara(words('calculate in.xyz -o locked/out.xyz --calculator EMT'), {}, 'locked')
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: "autopara: can't write locked/out.xyz: no permission to write in locked\n",
    })
  })
})

describe('a configuration that fails', () => {
  it('is kept, marked and counted in the last line, with the first message', async () => {
    const args = words('calculate iron.xyz -o iron-out.xyz --calculator EMT -n 2')
    const { code, stderr } = await autopara(args, {}, 'iron')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^calculate: 2 items .* 1 failed, the first at \/ 1: .*Fe.*iron-out\.xyz\.failed\.jsonl.*\n$/,
    )
    expect(readFileSync(join(folder, 'iron-out.xyz'), 'utf8')).toContain('EMT_calculation_failed=T')
  })
})

describe('with --json', () => {
  it('a failure is an object on standard output too', async () => {
    const { code, stdout } = await autopara(words(`calculate missing.xyz ${EMT} --json`), {}, 'json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      error: {
        name: 'InputFileError',
        code: 'AUTOPARA_INPUT_FILE',
        message: expect.stringContaining('missing.xyz') as string,
      },
    })
  })
})
