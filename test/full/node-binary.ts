import { execFileSync } from 'node:child_process'

/**
 * The path of another Node, by its npm package (`20.19.0`, or `22` for the newest of that line); null when it can't be had,
 * which under CI is an error.
 */
export function nodeBinary(version: string): string | null {
  try {
    const args = ['--yes', '--package', `node@${version}`, '--', 'node', '-p', 'process.execPath']
    return execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch (cause) {
    if (process.env['CI'] === 'true') throw new Error(`no Node ${version} by npx`, { cause })
    console.warn(`skipped: no Node ${version} by npx`)
    return null
  }
}
