import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bulk, write } from 'autopara'
import { describe, expect, it } from 'vitest'
import { runNode } from '../../run-script.js'
import { nodeBinary } from '../node-binary.js'
import { installInto, linkTools, makeFolder, npm, pack } from './installed.js'

/** The package as a user gets it: packed, installed into an empty folder, used there. */

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = makeFolder('package')
const tarball = pack(folder)
const project = installInto(join(folder, 'user'), tarball.path, { type: 'module' })
const bin = join(project, 'node_modules', '.bin', 'autopara')

/** Deprecated parts of Node end the program, in the workers too, which inherit the flags. */
const STRICT = ['--throw-deprecation', '--pending-deprecation']

describe('the tarball', () => {
  it('has less than 400 kB, with what is needed and no source', () => {
    expect(tarball.size).toBeLessThan(400_000)
    const needed = [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'package.json',
      'lib/cli/autopara.js',
      'dist/lib/index.d.ts',
    ]
    expect(tarball.files).toEqual(expect.arrayContaining(needed))
    const other = tarball.files.filter(
      (name) =>
        /(?<!\.d)\.[cm]?ts$/.test(name) ||
        !/^(dist|lib\/(cli\/autopara\.js|report\/page)|[A-Z]+|package\.json)/.test(name),
    )
    expect(other).toEqual([])
  })

  it('has every file that its exports name, and the comments for editors', () => {
    const { exports } = JSON.parse(readFileSync(join(project, 'node_modules/autopara/package.json'), 'utf8'))
    for (const target of Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? entry : Object.values(entry as object),
    ))
      if (typeof target === 'string' && !target.includes('*')) expect(tarball.files).toContain(target.slice(2))
    const types = readFileSync(join(project, 'node_modules/autopara/dist/lib/pool/pool.d.ts'), 'utf8')
    expect(types).toMatch(/\/\*\*/)
  })

  it('brings a dependency tree without known weaknesses', ({ skip }) => {
    const { stdout } = npm(project, 'audit', '--json')
    const report = JSON.parse(stdout)
    if (report.metadata === undefined) skip('the registry answers no audit requests')
    expect(report.metadata.vulnerabilities.total).toBe(0)
  })
})

/** The js examples of the README with what they print. */
const examples = [
  ...readFileSync(join(root, 'README.md'), 'utf8').matchAll(
    /```js\n\/\/ file: (\S+)\n([\s\S]*?)```\n\s*```output\n([\s\S]*?)```/g,
  ),
].map(([, name = '', source = '', output = '']) => ({ name, source, output }))

for (const version of ['20.19.0', '20', '22', '24']) {
  const node = nodeBinary(version)

  describe.skipIf(node === null)(`installed, under Node ${version}`, () => {
    it.each(examples)(
      "README's $name runs, and nothing that it uses is deprecated",
      async ({ name, source, output }) => {
        writeFileSync(join(project, name), source)
        const result = await runNode([...STRICT, name], { cwd: project, node: node ?? '' })
        expect(result).toEqual({ code: 0, stdout: output, stderr: '' })
      },
    )

    it('so does the command', async () => {
      await write(join(project, 'in.xyz'), [bulk('Cu', { cubic: true }), bulk('Au', { cubic: true })])
      const typed = ['calculate', 'in.xyz', '-o', 'out.xyz', '--calculator', 'EMT', '--npool', '2', '--force', '--json']
      const result = await runNode([...STRICT, bin, ...typed], { cwd: project, node: node ?? '' })
      expect(result).toMatchObject({ code: 0, stderr: '' })
      expect(JSON.parse(result.stdout)).toMatchObject({ configurations: 2, failed: 0, npool: 2 })
    })

    it.each(['fork', 'cluster', 'thread', 'serial'])('so do workers of every kind: %s', async (context) => {
      const source = `import { Pool } from 'autopara'
export const square = (x) => x * x
const pool = new Pool(${context === 'serial' ? '0' : `{ processes: 1, context: '${context}' }`})
console.log(JSON.stringify(await pool.map(square, [1, 2, 3])))
pool.close()
await pool.join()
`
      writeFileSync(join(project, `${context}.mjs`), source)
      const result = await runNode([...STRICT, `${context}.mjs`], { cwd: project, node: node ?? '' })
      expect(result).toEqual({ code: 0, stdout: '[1,4,9]\n', stderr: '' })
    })
  })
}

const TYPESCRIPT = `import { type Atoms, bulk, ConfigSetIn, ConfigSetOut, iterableLoop, Pool } from 'autopara'
import { formatFrame, parseFrames } from 'autopara/extxyz'
import seedRandom from 'autopara/initializers/seed-random'
import { init } from 'autopara/mpi'

export function double(x: number): number {
  return 2 * x
}
export function same(configs: Atoms[]): Atoms[] {
  return configs
}
await init()
const pool = new Pool({ processes: 1, initializer: seedRandom, initargs: [1] })
const doubled: number[] = await pool.map(double, [1, 2])
// @ts-expect-error a text is no number
pool.mapAsync(double, ['a']).wait(0)
pool.close()
await pool.join()
const set = new ConfigSetIn({ inputConfigs: [bulk('Cu')] })
const results = await iterableLoop({ iterable: set, configsetOut: new ConfigSetOut(), op: same, npool: 0 })
const [frame] = parseFrames(new TextEncoder().encode('1\\n\\nH 0 0 0\\n'))
console.log(doubled.join(), await results.count(), frame === undefined ? 0 : formatFrame(frame).length > 0)
`

describe('used by a project', () => {
  it('in plain JavaScript', async () => {
    writeFileSync(
      join(project, 'plain.js'),
      TYPESCRIPT.replaceAll(/: (?:number\[\]|number|Atoms\[\])|type Atoms, /g, ''),
    )
    expect(await runNode(['plain.js'], { cwd: project })).toEqual({ code: 0, stdout: '2,4 1 true\n', stderr: '' })
  })

  it('in CommonJS', async () => {
    const source = `exports.double = (x) => 2 * x
async function main() {
  const { Pool } = await import('autopara')
  const pool = new Pool(1)
  console.log(await pool.map(exports.double, [1, 2]))
  pool.close()
  await pool.join()
}
main()
`
    writeFileSync(join(project, 'common.cjs'), source)
    expect(await runNode(['common.cjs'], { cwd: project })).toEqual({ code: 0, stdout: '[ 2, 4 ]\n', stderr: '' })
  })

  it.each([
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ])('in TypeScript with moduleResolution %s', async (moduleResolution, module) => {
    const place = installInto(join(folder, moduleResolution), tarball.path, { type: 'module' })
    linkTools(place, 'typescript', '@types/node', 'undici-types')
    writeFileSync(join(place, 'main.ts'), TYPESCRIPT)
    // Our declarations are checked too, which a user may ask for.
    const compilerOptions = {
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      module,
      moduleResolution,
      strict: true,
      skipLibCheck: false,
      types: ['node'],
      outDir: 'out',
    }
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
    const built = await run(process.execPath, [join(place, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
      cwd: place,
    }).catch((error: { stdout: string }) => error)
    expect(built.stdout).toBe('')
    expect(await runNode(['out/main.js'], { cwd: place })).toEqual({ code: 0, stdout: '2,4 1 true\n', stderr: '' })
    expect(existsSync(join(place, 'out/main.js'))).toBe(true)
  })
})
