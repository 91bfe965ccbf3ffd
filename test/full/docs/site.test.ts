/** Builds the documentation's site with typedoc, and looks at what came out. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { markdownPages, root } from '../../markdown-pages.js'

const typedocInstalled = installTypedoc()

/** Whether typedoc is there, or can be fetched; under CI its absence is an error. */
function installTypedoc(): boolean {
  const { status, stderr } = spawnSync('npm', ['ci', '--prefix', 'docs/typedoc'], { cwd: root, encoding: 'utf8' })
  if (status === 0 || existsSync(join(root, 'docs/typedoc/node_modules/.bin/typedoc'))) return true
  if (process.env['CI'] === 'true') throw new Error(`typedoc can't be installed: ${stderr}`)
  console.warn(`skipped: typedoc can't be installed: ${stderr}`)
  return false
}

/** The part of typedoc's JSON that is looked at. */
interface Reflection {
  readonly name: string
  readonly variant: string
  /** typedoc's number for what it is. */
  readonly kind: number
  readonly comment?: object
  readonly inheritedFrom?: object
  readonly children?: readonly Reflection[]
  readonly signatures?: readonly Reflection[]
  readonly getSignature?: Reflection
}

/** What users see and nothing explains: exports, and the members of exported classes and interfaces. */
function undocumented(module: Reflection): string[] {
  return (module.children ?? []).flatMap((exported) =>
    [exported, ...(exported.children ?? [])]
      .filter((part) => part.name !== 'constructor' && part.variant !== 'reference' && !part.inheritedFrom)
      .filter((part) => ![part, ...(part.signatures ?? []), part.getSignature].some((place) => place?.comment))
      .map((part) => `${module.name}: ${exported.name}${part === exported ? '' : `.${part.name}`}`),
  )
}

const [FUNCTION, CLASS, INTERFACE] = [64, 128, 256]

/** Functions, classes, and the options of both, by name. */
function namesToKnow({ name, kind, children = [] }: Reflection): string[] {
  if (kind === FUNCTION || kind === CLASS) return [name]
  const isOptions = kind === INTERFACE && /(Options|Info|Spec|Init|Limits)$/.test(name)
  return isOptions ? children.map((option) => option.name) : []
}

/** The words of the pages that stand in code. */
function wordsInCode(): Set<string> {
  const text = markdownPages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n')
  const code = text.match(/^```[\s\S]*?^```|`[^`\n]+`/gm) ?? []
  return new Set(code.flatMap((part) => part.match(/\w+/g) ?? []))
}

/** The links of a page of the site that lead to no file, or no place in it. */
function brokenLinks(site: string, page: string): string[] {
  const html = readFileSync(join(site, page), 'utf8')
  const targets = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, target = '']) => target)
  return targets
    .filter((target) => !/^(https?:|data:)/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = join(site, path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path))))
      if (!existsSync(file)) return true
      return anchor !== undefined && anchor !== '' && !readFileSync(file, 'utf8').includes(`id="${anchor}"`)
    })
    .map((target) => `${page}: ${target}`)
}

describe.skipIf(!typedocInstalled)('the site', () => {
  const folder = mkdtempSync(join(tmpdir(), 'autopara-site-'))
  const site = join(folder, 'site')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeAll(() => {
    const typedoc = join(root, 'docs/typedoc/node_modules/typedoc/bin/typedoc')
    const outputs = ['--html', site, '--json', join(folder, 'api.json')]
    // Every warning is an error: a link that leads nowhere, an unknown tag, an example that it can't read.
    execFileSync(process.execPath, [typedoc, ...outputs], { cwd: join(root, 'docs/typedoc'), stdio: 'pipe' })
  })

  /** What `autopara`, `autopara/extxyz` and `autopara/mpi` export. */
  const publicModules = (): Reflection[] => {
    const api = JSON.parse(readFileSync(join(folder, 'api.json'), 'utf8')) as Reflection
    return (api.children ?? []).filter(({ children }) => children !== undefined)
  }

  it('explains every public export and its members', () => {
    const modules = publicModules()
    expect(modules.map(({ name }) => name).sort()).toEqual(['autopara', 'autopara/extxyz', 'autopara/mpi'])
    expect(modules.flatMap((module) => module.children ?? []).length).toBeGreaterThan(150)
    expect(modules.flatMap(undocumented)).toEqual([])
  })

  it('has a page that names every function, class and option', () => {
    const names = publicModules().flatMap(({ children = [] }) => children.flatMap(namesToKnow))
    expect(names.length).toBeGreaterThan(200)
    const known = wordsInCode()
    expect([...new Set(names)].filter((name) => !known.has(name))).toEqual([])
  })

  it('has no link that leads nowhere', () => {
    const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'))
    expect(pages.length).toBeGreaterThan(150)
    expect(pages.flatMap((page) => brokenLinks(site, page))).toEqual([])
  })
})
