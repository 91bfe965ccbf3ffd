import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { markdownPages, root } from './markdown-pages.js'

const run = promisify(execFile)
/** A folder for each page, in the project, so that the examples find the package by its name and contributors' ones its parts. */
const folders = new Map(markdownPages.map((page) => [page, mkdtempSync(join(root, '.docs-test-'))]))
afterAll(() => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true })
})

interface Example {
  page: string
  name: string
  source: string
  /** What the page says that it prints. */
  output: string | undefined
}

/** The fenced js blocks that begin with `// file: NAME`, each with the fenced `output` block that may follow it. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = /```(?:js|ts)\n\/\/ file: (\S+)\n([\s\S]*?)```\n(?:\s*```output\n([\s\S]*?)```)?/g
  return [...text.matchAll(blocks)].map(([, name = '', source = '', output]) => ({ page, name, source, output }))
}

const examples = markdownPages.flatMap(examplesOf)

describe('examples in the documentation', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  it.sequential.each(examples)(
    '$page: $name runs and prints what the page says',
    async ({ page, name, source, output }) => {
      const folder = folders.get(page) as string
      writeFileSync(join(folder, name), source)
      const { stdout } = await run(process.execPath, [name], { cwd: folder })
      if (output !== undefined) expect(stdout.trim()).toBe(output.trim())
    },
  )
})
