// Writes a generated section into a Markdown page, between `<!-- NAME -->` and `<!-- /NAME -->`.
import { readFileSync, writeFileSync } from 'node:fs'

/** Replaces the section `name` of the page at `path`. */
export function writeSection(path, name, text) {
  const page = readFileSync(path, 'utf8')
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [start, end] = [page.indexOf(open), page.indexOf(close)]
  if (start < 0 || end < start) throw new Error(`${path} has no section between ${open} and ${close}`)
  writeFileSync(path, `${page.slice(0, start + open.length)}\n${text.trim()}\n${page.slice(end)}`)
}
