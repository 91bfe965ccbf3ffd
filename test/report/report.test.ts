import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bulk, ConfigSetIn, ConfigSetOut, calculate, EMT, iterableLoop, md, minim, task, writeReport } from 'autopara'
import { describe, expect, it } from 'vitest'
import { runNode } from '../run-script.js'
import { useScratchFolders } from '../scratch-folder.js'
import { reportData } from './report-data.js'

const scratch = useScratchFolders()
const op = (name: string) => task(new URL('../fixtures/ops.mjs', import.meta.url), name)
const root = fileURLToPath(new URL('../..', import.meta.url))

function inputs(count: number): ConfigSetIn {
  const configs = Array.from({ length: count }, (_, number) => {
    const atoms = bulk('Cu', { cubic: true })
    atoms.positions[0] = 0.02 * number
    atoms.info['number'] = number
    return atoms
  })
  return new ConfigSetIn({ inputConfigs: configs })
}

describe('the report of a loop', () => {
  it('says what ran and how, and counts every item in time, by worker and by duration', async () => {
    const report = join(scratch(), 'report.html')
    const outputs = new ConfigSetOut()
    await calculate(inputs(30), outputs, { calculator: [EMT, []] }, { npool: 2, seed: 7, chunksize: 4, report })
    const { title, facts, run, distributions, notes, views } = reportData(report)
    expect(title).toBe('calculate')
    expect(Object.fromEntries(facts)).toMatchObject({
      operation: 'calculate of calculate.js',
      input: '30 configurations in memory',
      output: 'in memory',
      npool: '2',
      chunksize: '4',
      seed: '7',
      onError: 'keep',
      autopara: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    })
    expect(Object.fromEntries(facts)['arguments']).toContain('EMT')
    expect(run).toMatchObject({ items: 30, configs: 30, failed: 0, error: null, npool: 2, failures: [], events: [] })
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
    expect(sum(run!.rate) * run!.binSeconds).toBeCloseTo(30, 6)
    expect(sum(run!.times.counts)).toBe(30)
    expect(sum(run!.workers.map(({ items }) => items))).toBe(30)
    for (const worker of run!.workers) {
      const { busySeconds, startSeconds, waitSeconds, tailSeconds } = worker
      expect(busySeconds + startSeconds + waitSeconds + tailSeconds).toBeCloseTo(run!.seconds, 6)
      expect(worker.busy.length).toBe(run!.rate.length)
    }
    expect(distributions.map(({ quantity, series }) => [quantity, series.map(({ name }) => name)])).toEqual([
      ['energy per atom', ['output: EMT_energy']],
      ['force on an atom', ['output: EMT_forces']],
    ])
    expect(distributions.map(({ series }) => series[0]?.values)).toEqual([30, 120])
    expect(views.map(({ frames }) => frames.length)).toEqual([30])
    expect(notes).toEqual([])
  })

  it('shows input and output under the same key side by side', async () => {
    const folder = scratch()
    const outputs = new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') })
    const evaluated = await calculate(inputs(10), outputs, { calculator: [EMT, []] })
    const report = join(folder, 'report.html')
    await calculate(evaluated, new ConfigSetOut(), { calculator: [EMT, []] }, { report })
    const [energies] = reportData(report).distributions
    expect(energies?.series.map(({ name }) => name)).toEqual(['input: EMT_energy', 'output: EMT_energy'])
    expect(energies?.series[0]?.counts).toEqual(energies?.series[1]?.counts)
    expect(energies?.series[0]?.counts.reduce((sum, count) => sum + count + 0, energies.series[0].outside)).toBe(10)
  })

  it('lists failures, deaths of workers, and the error that ended the run', async () => {
    const report = join(scratch(), 'report.html')
    const loop = { iterable: inputs(8), configsetOut: new ConfigSetOut(), npool: 1, report }
    await iterableLoop({ ...loop, op: op('exitFor'), args: [5], onError: 'skip' })
    const { run } = reportData(report)
    expect(run).toMatchObject({ failed: 1, failures: [{ index: 5, location: ' / 5' }], error: null })
    expect(run?.failures[0]?.message).toMatch(/worker/i)
    expect(run?.events.map(({ worker, text }) => [worker, text])).toContainEqual([0, 'exit 3'])
    expect(run?.workers[0]?.starts).toBe(2)

    await expect(
      iterableLoop({ ...loop, configsetOut: new ConfigSetOut(), op: op('throwFor'), args: [[2]] }),
    ).rejects.toThrow()
    const broken = reportData(report)
    expect(broken.run?.error).toMatch(/2/)
    expect(broken.views[0]?.name).toBe('configurations of the input')
  })

  it('draws relaxations and dynamics as trajectories', async () => {
    const report = join(scratch(), 'report.html')
    const calculator = [EMT, []] as const
    await minim(inputs(5), new ConfigSetOut(), { calculator, fmax: 0.05, steps: 30 }, { report })
    const relaxed = reportData(report)
    expect(relaxed.convergence).toMatchObject({ converged: 5, unconverged: 0 })
    expect(relaxed.convergence?.curves.length).toBeGreaterThan(1)
    for (const { x, first, second } of relaxed.convergence?.curves ?? []) {
      expect(x).toEqual(Array.from(x, (_, k) => k))
      expect(first.at(-1)).toBeLessThanOrEqual(0.05)
      expect(second.at(-1)).toBe(0)
      expect(second[0]).toBeGreaterThan(0)
    }
    const outputs = new ConfigSetOut()
    await md(inputs(3), outputs, { calculator, steps: 20, dt: 2, temperature: 300 }, { report, seed: 1 })
    const moved = reportData(report)
    expect(moved.dynamics?.curves.map(({ name }) => name)).toEqual([
      'frames 0 to 20',
      'frames 21 to 41',
      'frames 42 to 62',
    ])
    expect(moved.dynamics?.curves[1]?.x).toEqual(Array.from({ length: 21 }, (_, k) => 2 * k))
    expect(moved.dynamics?.curves[1]?.first[0]).toBeCloseTo(300, 0)
    // Velocity Verlet: what changes is an error of the integrator, which is small beside 300 K (39 meV per atom).
    for (const change of moved.dynamics?.curves[1]?.second ?? []) expect(Math.abs(change ?? 1e9)).toBeLessThan(5)
    expect(moved.views.map(({ frames }) => frames.length)).toEqual([21, 21, 21])
  })

  it('keeps markup in names and messages as text, and secrets out', async () => {
    const folder = scratch()
    const evil = '</script><script>alert(1)</script><!--'
    writeFileSync(join(folder, 'ops.mjs'), `export const fail = () => { throw new Error(${JSON.stringify(evil)}) }\n`)
    const atoms = bulk('Cu')
    atoms.info[`${evil}_energy`] = 1
    process.env['REPORT_TEST_SECRET'] = 'hunter2-in-the-environment'
    const report = join(folder, 'report.html')
    try {
      await iterableLoop({
        iterable: new ConfigSetIn({ inputConfigs: [atoms] }),
        configsetOut: new ConfigSetOut(),
        op: task(pathToFileURL(join(folder, 'ops.mjs')), 'fail'),
        args: [{ apiToken: 'hunter2', nested: [{ password: 'hunter2' }], env: { ANY: 'hunter2' }, url: evil }],
        onError: 'keep',
        report,
      })
    } finally {
      delete process.env['REPORT_TEST_SECRET']
    }
    const page = readFileSync(report, 'utf8')
    expect(page).not.toContain('hunter2')
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain(evil)
    const { run, distributions, facts } = reportData(report)
    expect(run?.failures[0]?.message).toBe(evil)
    expect(distributions[0]?.series[0]?.name).toBe(`input: ${evil}_energy`)
    expect(Object.fromEntries(facts)['arguments']).toContain('"apiToken":"(not shown)"')
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    expect(policy).toMatch(/^default-src 'none'; script-src ('sha256-[^']+' ?){3}; style-src 'unsafe-inline'; img-src/)
  })

  it('is written of a finished output without a run', async () => {
    const folder = scratch()
    const output = join(folder, 'out.xyz')
    const report = join(folder, 'report.html')
    const params = { calculator: [EMT, []] as const }
    await calculate(inputs(3), new ConfigSetOut({ outputFiles: output }), params)
    await calculate(inputs(3), new ConfigSetOut({ outputFiles: output }), params, { report })
    expect(reportData(report)).toMatchObject({ run: null, views: [{ frames: [{}, {}, {}] }] })
  })

  it('refuses what can not be written, before anything runs', async () => {
    const report = join(scratch(), 'nowhere', 'report.html')
    const loop = { iterable: inputs(1), configsetOut: new ConfigSetOut(), op: op('shift'), args: [1] }
    await expect(iterableLoop({ ...loop, report })).rejects.toThrow(/can't write the report .*ENOENT/)
    const output = join(scratch(), 'out.xyz')
    const configsetOut = new ConfigSetOut({ outputFiles: output })
    await expect(iterableLoop({ ...loop, configsetOut, report: output })).rejects.toThrow(/it is an input or output/)
    await expect(iterableLoop({ ...loop, report: '' })).rejects.toThrow(/`report` must be the path of a file/)
  })

  it('says what to install when the packages that draw it are not there', async () => {
    const folder = scratch()
    const installed = join(folder, 'node_modules', 'autopara')
    mkdirSync(installed, { recursive: true })
    for (const part of ['dist', 'package.json']) cpSync(join(root, part), join(installed, part), { recursive: true })
    for (const name of ['seedrandom', 'tinyglobby', 'tinypool', 'cli-progress']) {
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    }
    writeFileSync(
      join(folder, 'script.mjs'),
      `import { ConfigSetIn, writeReport } from 'autopara'
await writeReport('report.html', { output: new ConfigSetIn() }).catch(({ code, message }) => console.log(code, message))`,
    )
    const { stdout } = await runNode(['script.mjs'], { cwd: folder })
    expect(stdout).toMatch(/^AUTOPARA_REPORT .*npm install echarts@6 3dmol@2$/m)
    expect(existsSync(join(folder, 'report.html'))).toBe(false)
  })
})

describe('writeReport', () => {
  it('samples 100,000 configurations, the same ones each time, and says so', async () => {
    const folder = scratch()
    const file = join(folder, 'many.xyz')
    const total = 100_000
    const frames = Array.from(
      { length: total },
      (_, k) => `1\nProperties=species:S:1:pos:R:3:forces:R:3 energy=${k}\nAr 0 0 0 ${k % 10} 0 0\n`,
    )
    writeFileSync(file, frames.join(''))
    const pages = []
    for (const name of ['a.html', 'b.html']) {
      await writeReport(join(folder, name), { output: new ConfigSetIn({ inputFiles: file }) })
      pages.push(reportData(join(folder, name)))
    }
    const [first, second] = pages
    expect({ ...first, made: '' }).toEqual({ ...second, made: '' })
    expect(first?.notes[0]).toMatch(/Of the output's 100000 configurations a random sample of 2000 is shown/)
    const series = first?.distributions[0]?.series[0]
    expect(series?.values).toBe(2000)
    // Uniform from 0 to 10^5: the mean of 2000 deviates by 645 (one standard deviation).
    expect(Math.abs((series?.mean ?? 0) - total / 2)).toBeLessThan(4 * 645)
    expect(series?.max).toBeGreaterThan(99_000)
    expect(first?.views[0]?.frames.length).toBe(60)
  })

  it('shows what can be read of a file with malformed frames', async () => {
    const folder = scratch()
    const good = '1\nProperties=species:S:1:pos:R:3 energy=1\nAr 0 0 0\n'
    writeFileSync(join(folder, 'x.xyz'), `${good}1\nProperties=species:S:1:pos:R:3 energy=1\nAr zero 0 0\n${good}`)
    const report = join(folder, 'report.html')
    await writeReport(report, { output: new ConfigSetIn({ inputFiles: join(folder, 'x.xyz') }) })
    const { notes, distributions } = reportData(report)
    expect(notes).toEqual(['1 sampled configurations of the output could not be read.'])
    expect(distributions[0]?.series[0]?.values).toBe(2)
  })
})
