import { execFileSync, spawnSync } from 'node:child_process'

/** The first Python of the machine that can import ASE, or null; under CI its absence is an error. */
export const asePython: string | null = findPython()

function findPython(): string | null {
  for (const python of ['python3', '/usr/bin/python3']) {
    if (spawnSync(python, ['-c', 'import ase'], { stdio: 'ignore' }).status === 0) return python
  }
  if (process.env['CI'] === 'true') throw new Error('no python3 that can import ase: install python3-ase')
  console.warn('skipped: no python3 that can import ase')
  return null
}

/** Runs a script with `input` as JSON on its stdin; gives what it prints, read as JSON. */
export function runAse(script: string, input: unknown): unknown {
  if (asePython === null) throw new Error('no python3 that can import ase')
  const text = execFileSync(asePython, ['-c', script], { input: JSON.stringify(input), maxBuffer: 1 << 28 })
  return JSON.parse(text.toString())
}
