// Writes a generated section into a Markdown page, between `<!-- NAME -->` and `<!-- /NAME -->`.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Replaces the section `name` of the page at `path`, and aligns its tables as the formatter wants them. */
export function writeSection(path, name, text) {
  const page = readFileSync(path, 'utf8')
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start < 0 || end < start) throw new Error(`${path} has no section between ${open} and ${close}`)
  writeFileSync(path, `${page.slice(0, start + open.length)}\n${text.trim()}\n${page.slice(end)}`)
  // Pages that the formatter leaves alone are an error to it, and stay as they are.
  spawnSync(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', path], { cwd: root })
}
