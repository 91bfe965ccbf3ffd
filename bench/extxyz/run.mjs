// Reading and writing extended XYZ, beside ASE in the same run.
//
//     node bench/extxyz/run.mjs [--only a,b] [--rounds 5] [--python /usr/bin/python3] [--no-ase]
//
// Every round runs ASE and then each job of ours once; the figure of each is its best round, in MB of text a second of processor
// time (user and system), so that a busy machine shows less. ASE takes a part of (b). Energies are checked against ASE's.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { FrameWriter, frameRanges, indexFrames, ireadFrames, readFrame } from '../../dist/lib/extxyz/index.js'
import { readOptions } from '../harness/options.mjs'
import { makeFile, makeFrame, shapes, uniform } from './data.mjs'

const values = readOptions(import.meta.url, {
  python: { type: 'string', default: '/usr/bin/python3' },
  only: { type: 'string', default: 'a,b,c' },
  rounds: { type: 'string', default: '5' },
  'no-ase': { type: 'boolean', default: false },
})
const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))

/** The processor seconds of a job. */
async function seconds(job) {
  const before = process.cpuUsage()
  await job()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Plain reading of a file in blocks: the limit of everything that looks at it. */
function cat(path) {
  const block = Buffer.allocUnsafe(1 << 20)
  const file = openSync(path)
  while (readSync(file, block) > 0);
}

/** A job that parses frames in memory, and the sum of their energies. */
async function parsing(path) {
  const bytes = readFileSync(path)
  const ranges = []
  for await (const range of frameRanges(path)) ranges.push(range)
  const job = () => {
    job.energy = 0
    for (const { start, end } of ranges) job.energy += readFrame(bytes.subarray(start, end)).info.energy
  }
  return job
}

/** A job that writes frames, and the bytes that they took. */
function writing(frames, realFormat) {
  const job = () => {
    job.bytes = 0
    const writer = new FrameWriter({ realFormat })
    for (const frame of frames) {
      writer.append(frame)
      if (writer.length > 1 << 20) job.bytes += writer.take().length
    }
    job.bytes += writer.take().length
  }
  return job
}

async function streaming(path) {
  for await (const _ of ireadFrames(path));
}

async function shape(name) {
  const { frames, atoms } = shapes[name]
  const fixed = await makeFile(folder, name, '%16.8f')
  const full = await makeFile(folder, name, 'shortest')
  const part = name === 'b' ? await makeFile(folder, name, '%16.8f', 2000) : fixed
  const bytes = (path) => statSync(path).size
  const random = uniform(7)
  const some = Array.from({ length: Math.min(frames, 2000) }, (_, i) => makeFrame(atoms, i, random))
  const parseFixed = await parsing(fixed)
  const [writeFixed, writeFull] = [writing(some, '%16.8f'), writing(some, 'shortest')]
  const jobs = [
    { what: 'cat', job: () => cat(fixed), size: () => bytes(fixed) },
    { what: 'index', job: () => indexFrames(fixed), size: () => bytes(fixed) },
    { what: 'parse %16.8f', job: parseFixed, size: () => bytes(fixed), beside: 'read' },
    { what: 'parse shortest', job: await parsing(full), size: () => bytes(full), beside: 'read' },
    { what: 'stream %16.8f from the file', job: () => streaming(fixed), size: () => bytes(fixed), beside: 'read' },
    { what: 'write %16.8f', job: writeFixed, size: () => writeFixed.bytes, beside: 'write' },
    { what: 'write shortest', job: writeFull, size: () => writeFull.bytes, beside: 'write' },
  ]
  const ase = { read: Number.POSITIVE_INFINITY, write: Number.POSITIVE_INFINITY }
  for (let round = 0; round < Number(values.rounds); round++) {
    if (!values['no-ase']) takeBest(ase, control(part))
    for (const one of jobs) one.best = Math.min(one.best ?? Number.POSITIVE_INFINITY, await seconds(one.job))
  }
  if (part === fixed && ase.energy !== undefined && Math.abs(ase.energy - parseFixed.energy) > 1e-6)
    throw new Error('wrong energies')
  report(`(${name}) ${frames} × ${atoms} atoms with forces`, jobs, ase, bytes(part))
}

function control(path) {
  const script = new URL('ase_control.py', import.meta.url).pathname
  return JSON.parse(execFileSync(values.python, [script, path, join(folder, 'ase.xyz')], { encoding: 'utf8' }))
}

function takeBest(best, { read, write, energy }) {
  Object.assign(best, { read: Math.min(best.read, read), write: Math.min(best.write, write), energy })
}

function report(title, jobs, ase, aseBytes) {
  const speed = (bytes, time) => (bytes / 1e6 / time).toFixed(0).padStart(6)
  console.log(`\n${title}`)
  if (Number.isFinite(ase.read)) {
    console.log(
      `  ${'ASE reads'.padEnd(28)} ${speed(aseBytes, ase.read)} MB/s\n  ${'ASE writes'.padEnd(28)} ${speed(aseBytes, ase.write)} MB/s`,
    )
  }
  for (const { what, best, size, beside } of jobs) {
    const factor = beside && Number.isFinite(ase[beside]) ? size() / best / (aseBytes / ase[beside]) : undefined
    console.log(`  ${what.padEnd(28)} ${speed(size(), best)} MB/s${factor ? `  ${factor.toFixed(1)} × ASE` : ''}`)
  }
}

try {
  console.log(`Node ${process.version}, load ${loadavg()[0].toFixed(1)} at the beginning`)
  for (const name of values.only.split(',')) await shape(name)
  console.log(`\nload ${loadavg()[0].toFixed(1)} at the end`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
