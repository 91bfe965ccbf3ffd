/**
 * For runs that measure coverage (NODE_V8_COVERAGE is set): tests that import `../lib/…` get the built `dist/lib/…`, as the
 * processes that they start do, so that all of it adds up to one figure.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url).href

/** A plugin of vite's. */
export function builtLib(): {
  name: string
  enforce: 'pre'
  resolveId(source: string, importer?: string): { id: string; external: true } | undefined
} {
  return {
    name: 'built-lib',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !source.startsWith('.')) return undefined
      const { href } = new URL(source, `file://${importer}`)
      if (!href.startsWith(`${root}lib/`)) return undefined
      const id = fileURLToPath(href.replace(root, `${root}dist/`))
      return existsSync(id) ? { id, external: true } : undefined
    },
  }
}
