// Runs the candidates of a row in turns (A B C A B C …), each measurement in a fresh process, so that a slow moment of the
// machine hits all of them.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sleepingTimes, unboundedSchedule } from '../pool/items.mjs'

const run = promisify(execFile)
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
/** A candidate that takes longer than this has failed, ms. */
const LIMIT = 60_000

/**
 * Measures a row. `python` is the interpreter, or null.
 *
 * @returns the results of each candidate by id: `{ values, cpus, firsts, error? }`
 */
export async function measureRow(row, { rounds, python, onTurn }) {
  const candidates = row.candidates.filter((candidate) => python !== null || candidate.python === undefined)
  const results = Object.fromEntries(candidates.map(({ id }) => [id, { values: [], cpus: [], firsts: [] }]))
  for (let round = 0; round < rounds; round++) {
    for (const candidate of candidates) {
      const result = results[candidate.id]
      if (result.error !== undefined) continue
      onTurn?.(`${row.id} ${round + 1}/${rounds} ${candidate.id}`)
      try {
        const { value, cpu, first } = await measureOnce(row, candidate, python)
        result.values.push(value)
        if (cpu !== undefined) result.cpus.push(cpu)
        if (first !== undefined) result.firsts.push(first)
      } catch (error) {
        result.error = String(error.stderr || error.message)
          .split('\n')
          .filter(Boolean)
          .at(-1)
      }
    }
  }
  return results
}

async function measureOnce(row, candidate, python) {
  const settings = { ...row.settings, ...candidate.settings }
  const request =
    candidate.python === undefined
      ? { job: row.job, candidate: candidate.candidate, settings }
      : { job: row.job, call: candidate.python, settings: forPython(row, settings) }
  const [command, script] =
    candidate.python === undefined ? [process.execPath, '../pool/one.mjs'] : [python, '../python/pool.py']
  const { stdout } = await run(command, [here(script), JSON.stringify(request)], { timeout: LIMIT })
  return JSON.parse(stdout)
}

/** Python gets the sleeping times made here, so that they are the same. */
function forPython(row, settings) {
  if (row.job !== 'sleeping') return settings
  const times = sleepingTimes(settings.count).map((time) => Math.max(1, Math.round(time)))
  return { ...settings, times, schedule: unboundedSchedule(times, settings.workers) }
}
