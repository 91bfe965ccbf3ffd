/**
 * Reading and writing extended XYZ, beside ASE in the same run.
 *
 *     node bench/extxyz/run.mjs [--python /usr/bin/python3] [--only a] [--no-ase]
 *
 * Times are the best of some rounds; ASE reads a part of (b), in the same units (MB of text a second). The sum of the energies
 * is checked before a figure is printed.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FrameWriter, frameRanges, indexFrames, ireadFrames, readFrame } from '../../dist/lib/extxyz/index.js'
import { makeFile, makeFrame, shapes, uniform } from './data.mjs'

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: '/usr/bin/python3' },
    only: { type: 'string' },
    'no-ase': { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))
const rounds = Number(values.rounds)

/** The best of some rounds of a job, in seconds. */
async function best(job) {
  let fastest = Number.POSITIVE_INFINITY
  for (let i = 0; i < rounds; i++) {
    const begin = process.hrtime.bigint()
    await job()
    fastest = Math.min(fastest, Number(process.hrtime.bigint() - begin) / 1e9)
  }
  return fastest
}

function line(what, megabytes, seconds, control) {
  const ratio = control ? `  ${(megabytes / seconds / control).toFixed(1)} × ASE` : ''
  console.log(`  ${what.padEnd(36)} ${(megabytes / seconds).toFixed(0).padStart(6)} MB/s${ratio}`)
}

/** Plain reading of a file in blocks: the limit of everything that looks at it. */
function cat(path) {
  const block = Buffer.allocUnsafe(1 << 20)
  const file = openSync(path)
  while (readSync(file, block) > 0);
}

async function parseAll(path, ranges) {
  const bytes = readFileSync(path)
  let sum = 0
  const seconds = await best(() => {
    sum = 0
    for (const { start, end } of ranges) sum += readFrame(bytes.subarray(start, end), 0, {}).info.energy
  })
  return { seconds, sum }
}

async function shape(name) {
  const { frames, atoms } = shapes[name]
  const fixed = await makeFile(folder, name, '%16.8f')
  const full = await makeFile(folder, name, 'shortest')
  const part = name === 'b' ? await makeFile(folder, name, '%16.8f', 4000) : fixed
  const size = (path) => statSync(path).size / 1e6
  console.log(
    `(${name}) ${frames} × ${atoms} atoms with forces, ${size(fixed).toFixed(0)} MB (%16.8f), ${size(full).toFixed(0)} MB (shortest)`,
  )
  let control
  if (!values['no-ase']) {
    const script = new URL('ase_control.py', import.meta.url).pathname
    control = JSON.parse(
      execFileSync(values.python, [script, part, join(folder, 'ase.xyz'), '2'], { encoding: 'utf8' }),
    )
  }
  const aseRead = control && size(part) / control.read
  const aseWrite = control && size(part) / control.write
  if (control) console.log(`  ASE: reads ${aseRead.toFixed(1)} MB/s, writes ${aseWrite.toFixed(1)} MB/s`)
  line('cat', size(fixed), await best(() => cat(fixed)))
  line('index', size(fixed), await best(() => indexFrames(fixed)))
  const ranges = []
  for await (const range of frameRanges(fixed)) ranges.push(range)
  const fullRanges = []
  for await (const range of frameRanges(full)) fullRanges.push(range)
  const parsed = await parseAll(fixed, ranges)
  if (control && part === fixed && Math.abs(parsed.sum - control.energy) > 1e-6)
    throw new Error('not the energies that ASE reads')
  line('parse %16.8f (memory)', size(fixed), parsed.seconds, aseRead)
  line('parse shortest (memory)', size(full), (await parseAll(full, fullRanges)).seconds, aseRead)
  line(
    'read %16.8f (file, streamed)',
    size(fixed),
    await best(async () => {
      for await (const _ of ireadFrames(fixed));
    }),
    aseRead,
  )
  const some = Array.from(
    { length: Math.min(frames, 2000) },
    (
      (random) => (_, i) =>
        makeFrame(atoms, i, random)
    )(uniform(7)),
  )
  for (const [realFormat, what] of [
    ['%16.8f', 'write %16.8f'],
    ['shortest', 'write shortest'],
  ]) {
    let bytes = 0
    const seconds = await best(() => {
      bytes = 0
      const writer = new FrameWriter({ realFormat })
      for (const frame of some) {
        writer.append(frame)
        if (writer.length > 1 << 20) bytes += writer.take().length
      }
      bytes += writer.take().length
    })
    line(what, bytes / 1e6, seconds, aseWrite)
  }
}

try {
  for (const name of values.only ? [values.only] : ['a', 'b', 'c']) await shape(name)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
