/**
 * What `autopara bench` runs a function over: the items of a JSON file one by one, or the configurations of a file in lists.
 */
import { existsSync, readFileSync } from 'node:fs'
import { ConfigSetIn, iterableLoop, Pool, type TaskReference } from '../index.js'
import { UsageError } from './exit-code.js'

/** How the items are run. */
export interface BenchSetting {
  readonly npool: number
  readonly chunksize: number | 'auto'
}

/** Runs all items once; gives how many there were and the ms that they took, without the start of the workers. */
export type BenchRun = (setting: BenchSetting) => Promise<{ items: number; milliseconds: number }>

/** The way to run `func` over the items of `file`. */
export function benchRun(func: TaskReference<unknown[], unknown>, file: string): BenchRun {
  return /\.jsonl?$/.test(file) ? overItems(func, jsonItems(file)) : overConfigurations(func, file)
}

/** A list in JSON, or one value a line. */
function jsonItems(file: string): unknown[] {
  if (!existsSync(file)) throw new UsageError(`--items: there is no file ${file} (seen from ${process.cwd()})`)
  const text = readFileSync(file, 'utf8')
  try {
    if (file.endsWith('.jsonl')) {
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      return lines.map((line) => JSON.parse(line) as unknown)
    }
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list)) return list
  } catch (error) {
    throw new UsageError(`--items ${file} is no JSON: ${(error as Error).message}`)
  }
  throw new UsageError(`--items ${file} must hold a JSON list`)
}

function overItems(func: TaskReference<unknown[], unknown>, items: readonly unknown[]): BenchRun {
  return async ({ npool, chunksize }) => {
    const pool = new Pool(npool)
    try {
      await pool.ready()
      // The function's module is loaded, and the pipes are warm, before the clock starts.
      for await (const _ of pool.imap(
        func as TaskReference<[unknown], unknown>,
        items.slice(0, Math.max(1, 2 * npool)),
      ));
      const start = performance.now()
      await pool.map(func as TaskReference<[unknown], unknown>, items, { chunksize })
      return { items: items.length, milliseconds: performance.now() - start }
    } finally {
      await pool.terminate()
    }
  }
}

function overConfigurations(op: TaskReference<unknown[], unknown>, file: string): BenchRun {
  return async ({ npool, chunksize }) => {
    const set = await new ConfigSetIn({ inputFiles: file }).inMemory()
    const items = await set.count()
    const start = performance.now()
    await iterableLoop({ iterable: set, configsetOut: null, op, npool, chunksize, progress: false })
    return { items, milliseconds: performance.now() - start }
  }
}
