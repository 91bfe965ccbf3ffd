import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** The layers, lowest first: a file imports its own folder or a lower layer, never its own row's other folders. */
const LAYERS: readonly (readonly string[])[] = [
  ['base'],
  ['atoms', 'pool'],
  ['extxyz', 'mpi'],
  // Above extxyz, because a calculator can be a program that reads and writes such files.
  ['calculators'],
  ['configset', 'operations'],
  ['report'],
  ['iterable-loop'],
  ['workflow'],
  ['index.ts'],
  ['cli'],
]

const root = fileURLToPath(new URL('..', import.meta.url))
const files = [...sources('lib'), ...sources('initializers')]
const imports = files.flatMap(importsOf)

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
}

function importsOf(file: string): { from: string; to: string }[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => ({
    from: file,
    to: relative(root, join(root, dirname(file), (match[1] as string).replace(/\.js$/, '.ts'))),
  }))
}

/** `lib/pool/worker/entry.ts` → `pool`; `lib/index.ts` → `index.ts`; `initializers/x.ts` → `initializers`. */
function room(file: string): string {
  const parts = file.split(sep)
  return parts[0] === 'lib' ? (parts[1] as string) : (parts[0] as string)
}

function layer(name: string): number {
  return LAYERS.findIndex((row) => row.includes(name))
}

describe('architecture', () => {
  it('has files and imports to check', () => {
    expect(files.length).toBeGreaterThan(5)
    expect(imports.length).toBeGreaterThan(5)
  })

  it('knows the layer of every folder of lib', () => {
    const unknown = new Set(files.map(room).filter((name) => name !== 'initializers' && layer(name) === -1))
    expect([...unknown]).toEqual([])
  })

  it('points every import at its own folder or a lower layer', () => {
    const upward = imports.filter(({ from, to }) => {
      const [source, target] = [room(from), room(to)]
      if (source === target) return false
      return source === 'initializers' ? target !== 'base' : target === 'initializers' || layer(target) >= layer(source)
    })
    expect(upward.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it('lets the cli import nothing of lib but the public API', () => {
    const inward = imports.filter(
      ({ from, to }) => room(from) === 'cli' && room(to) !== 'cli' && room(to) !== 'index.ts',
    )
    expect(inward.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it('has no import cycle', () => {
    const edges = new Map<string, string[]>()
    for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to])
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
        return
      }
      if (done.has(file)) return
      for (const next of edges.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('keeps files to one screenful of thought: at most 300 lines', () => {
    const long = files.filter((file) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length > 300)
    expect(long).toEqual([])
  })

  it('writes no any, no @ts-ignore and no export star', () => {
    const marks = /:\s*any\b|<any>|\bas any\b|@ts-(?:ignore|expect-error|nocheck)|export \*/
    const bad = files.filter((file) => marks.test(readFileSync(join(root, file), 'utf8')))
    expect(bad).toEqual([])
  })
})
