import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The codes in quotes in the sources. The file that reads the environment names variables, which look the same. */
function codesInSources(): string[] {
  const files = ['lib', 'initializers'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  const texts = files
    .filter((name) => name.endsWith('.ts') && name !== join('lib', 'base', 'env.ts'))
    .map((name) => readFileSync(join(root, name), 'utf8'))
  return [...new Set(texts.flatMap((text) => text.match(/(?<=')AUTOPARA_[A-Z_]*[A-Z](?=')/g) ?? []))].sort()
}

/** The codes in the headings of the page. */
function codesOnPage(): string[] {
  const headings = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').match(/^### .*$/gm) ?? []
  return headings.flatMap((heading) => heading.match(/AUTOPARA_[A-Z_]+/g) ?? []).sort()
}

describe('the troubleshooting page', () => {
  it('has an entry for every error code, and none for a code that does not exist', () => {
    const codes = codesInSources()
    expect(codes.length).toBeGreaterThan(30)
    expect(codesOnPage()).toEqual(codes)
  })
})
