/**
 * Which lines of `lib/` the tests run, with those of every process that they start: `npm run test:coverage`, with the long
 * tests `-- --full`, of these alone `-- --full-only`. With `--add` it goes on with what was measured before of the same `lib`,
 * so that parts add up. Other arguments go to vitest. Fails below 95 % of the lines.
 *
 *     vitest ─┬─► its processes ──┐
 *             └─► workers, ranks, ┴─► coverage/v8/*.json ──► one per script ──► lines of lib/*.ts
 *                 command lines       (Node writes them)     (merged)          (by source maps made afterwards)
 *
 * A process that is ended by a signal writes nothing; another version of Node must write nothing, as its V8 counts in another
 * way. What is tested are the modules that the compiler makes, not bundled.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { mergeProcessCovs } from '@bcoe/v8-coverage'
import { CoverageReport } from 'monocart-coverage-reports'

const LEAST = 95
/** So many files of coverage are held in memory. */
const BATCH = 40

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = join(root, 'coverage')
const raw = join(folder, 'v8')
const mapped = join(folder, 'mapped')
const built = pathToFileURL(join(root, 'dist/lib/')).href
/** The same modules, where tests of parts import them. */
const compiled = pathToFileURL(join(root, 'build/lib/')).href

/** Of scripts, by URL. */
const lengths = new Map()

const FLAGS = ['--full', '--full-only', '--add']
const [full, fullOnly, add] = FLAGS.map((flag) => process.argv.includes(flag))
const given = process.argv.slice(2).filter((arg) => !FLAGS.includes(arg))
const configs = [...(fullOnly ? [] : ['vitest.config.ts']), ...(full || fullOnly ? ['vitest.full.config.ts'] : [])]

if (!add) rmSync(folder, { recursive: true, force: true })
mkdirSync(raw, { recursive: true })
const failed = configs.filter((config) => !passes(config))
const lines = await report(merged())
for (const config of failed) console.error(`the tests of ${config} failed: see above`)
if (lines < LEAST) console.error(`${lines} % of the lines of lib are covered, which should be ${LEAST} %`)
process.exitCode = failed.length > 0 || lines < LEAST ? 1 : 0

/** Runs tests, and all processes that they start, with coverage. */
function passes(config) {
  const env = { ...process.env, NODE_V8_COVERAGE: raw }
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...given]
  return spawnSync(process.execPath, vitest, { cwd: root, env, stdio: 'inherit' }).status === 0
}

/** What all processes have run of the scripts of `lib`. */
function merged() {
  let result = []
  const files = readdirSync(raw)
  for (let at = 0; at < files.length; at += BATCH) {
    const some = files.slice(at, at + BATCH).flatMap(coverageOf)
    result = mergeProcessCovs([{ result }, ...some]).result
  }
  console.log(`${files.length} files of coverage, of the processes and threads that ended by themselves`)
  return result
}

function coverageOf(name) {
  let text = ''
  try {
    text = readFileSync(join(raw, name), 'utf8')
    const { result } = JSON.parse(text.replaceAll(compiled, built))
    return [{ result: result.filter(isBuilt) }]
  } catch (error) {
    // Of a process that was killed while it wrote.
    console.error(`${name} is left out (${text.length} characters): ${error.message}`)
    return []
  }
}

/** A script of `lib` as it was built: what vitest or a hook has transformed has other places. */
function isBuilt({ url, functions }) {
  return url.startsWith(built) && functions[0].ranges[0].endOffset === lengthOf(url)
}

function lengthOf(url) {
  const known = lengths.get(url) ?? readFileSync(new URL(url), 'utf8').length
  lengths.set(url, known)
  return known
}

/** Writes the report; gives the percentage of lines. */
async function report(scripts) {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--outDir', mapped]
  spawnSync(
    process.execPath,
    [...tsc, '--sourceMap', '--inlineSources', '--declaration', 'false', '--isolatedDeclarations', 'false'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  const coverage = new CoverageReport({
    name: 'autopara',
    outputDir: join(folder, 'report'),
    reports: [['v8'], ['console-details', { metrics: ['lines'], skipPercent: 100 }], ['json-summary']],
    sourcePath: (path) => path.replace(/^.*?(?=lib\/)/, ''),
    logging: 'error',
  })
  const entries = new Map(scripts.map((script) => [script.url, script]))
  const paths = readdirSync(join(mapped, 'lib'), { recursive: true }).filter((path) => path.endsWith('.js'))
  await coverage.add(paths.filter(hasCode).map((path) => entryOf(path, entries.get(built + path))))
  const { summary } = await coverage.generate()
  rmSync(mapped, { recursive: true })
  return summary.lines.pct
}

/** Of a file of types alone nothing is left. */
function hasCode(path) {
  const source = readFileSync(join(root, 'dist/lib', path), 'utf8')
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').trim() !== 'export {};'
}

/** A script with its source, and with its map to TypeScript. */
function entryOf(path, script) {
  const file = join(mapped, 'lib', path)
  const sourceMap = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
  sourceMap.sources = [`lib/${path.replace(/\.js$/, '.ts')}`]
  const source = readFileSync(join(root, 'dist/lib', path), 'utf8')
  return { url: built + path, source, sourceMap, ...(script ? { functions: script.functions } : { empty: true }) }
}
