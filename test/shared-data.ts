import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The path of a folder of the shared data beside the project, or null where it is missing (the test then skips, saying so).
 * Under CI a missing folder is an error: a run that checked nothing must not pass.
 */
export function sharedData(name: string): string | null {
  const folder = fileURLToPath(new URL(`../../shared/data/${name}`, import.meta.url))
  if (existsSync(folder)) return folder
  if (process.env['CI'] === 'true')
    throw new Error(`The shared data ${name} is missing: expected ../shared/data/${name}`)
  console.warn(`skipped: no shared data ${name} (expected at ../shared/data/${name})`)
  return null
}

/** A JSON file of the shared data, or null where the data is missing. */
export function sharedJson(folder: string, file: string): unknown {
  const path = sharedData(folder)
  return path === null ? null : JSON.parse(readFileSync(join(path, file), 'utf8'))
}
