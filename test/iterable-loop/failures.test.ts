import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bulk } from '../../lib/atoms/build.js'
import { ConfigSetOut } from '../../lib/configset/configset-out.js'
import { FailureLog, failureRecord } from '../../lib/iterable-loop/failures.js'
import { markFailed } from '../../lib/iterable-loop/mark-failed.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const logOf = (path: string) => FailureLog.of(new ConfigSetOut({ outputFiles: path }), path)
const indices = (log: FailureLog) => log.records().map(({ index }) => index)
const record = (index: number) => failureRecord(index, [0, index], 'in.xyz', new TypeError('bad\nsecond line'), 2)

describe('FailureLog', () => {
  it('is made with the first failure, a JSON line each', () => {
    const log = logOf(join(scratch(), 'out.xyz'))
    expect(existsSync(log.path)).toBe(false)
    log.add(record(3))
    log.add(record(5))
    const lines = readFileSync(log.path, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { index: 3, location: ' / 0 / 3', file: 'in.xyz', error: { name: 'TypeError', message: 'bad' }, attempts: 2 },
      { index: 5, location: ' / 0 / 5', file: 'in.xyz', error: { name: 'TypeError', message: 'bad' }, attempts: 2 },
    ])
  })

  it('keeps, for a resumed run, the failures before the place where it goes on', () => {
    const log = logOf(join(scratch(), 'out.xyz'))
    for (const index of [1, 4, 9]) log.add(record(index))
    appendFileSync(log.path, '{"index":2,"loc')
    log.begin(5)
    const lines = readFileSync(log.path, 'utf8').trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([1, 4])
    log.begin(0)
    expect(existsSync(log.path)).toBe(false)
  })

  it('takes the place of that of a finished output together with the output, whenever the process is killed', () => {
    const path = join(scratch(), 'out.xyz')
    logOf(path).add(record(1))
    writeFileSync(path, 'old')
    writeFileSync(`${path}.partial`, 'new')
    const log = logOf(path)
    log.begin(0)
    log.add(record(2))
    expect(indices(logOf(path))).toEqual([1])
    log.prepare()
    expect(indices(logOf(path))).toEqual([1])
    renameSync(`${path}.partial`, path)
    expect(indices(logOf(path))).toEqual([2])
    logOf(path).recover()
    expect(indices(logOf(path))).toEqual([2])
    expect(readdirSync(dirname(path)).sort()).toEqual(['out.xyz', 'out.xyz.failed.jsonl'])
  })

  it('leaves the old one when the run is given up', () => {
    const path = join(scratch(), 'out.xyz')
    logOf(path).add(record(1))
    writeFileSync(path, 'old')
    const log = logOf(path)
    log.begin(0)
    log.add(record(2))
    log.abandon()
    expect(indices(logOf(path))).toEqual([1])
    expect(readdirSync(dirname(path)).sort()).toEqual(['out.xyz', 'out.xyz.failed.jsonl'])
  })
})

describe('markFailed', () => {
  it('marks as a plain loop does, with the first line of the message', () => {
    expect(markFailed(bulk('Cu'), new Error('bad\nsecond line')).info).toEqual({
      autopara_failed: true,
      autopara_error: 'bad',
    })
  })

  it('uses the mark that the error carries', () => {
    const error = Object.assign(new Error('bad'), { mark: { EMT_calculation_failed: true } })
    expect(markFailed(bulk('Cu'), error).info).toEqual({ EMT_calculation_failed: true })
  })
})
