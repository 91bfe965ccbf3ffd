import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { markdownPages, root } from './markdown-pages.js'

/** A page without its code, in which brackets are no links and # is no heading. */
function proseOf(page: string): string {
  return readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '')
}

/** The anchors that GitHub gives a page's headings. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of proseOf(page).matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = words.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`
    anchors.add(anchor)
  }
  return anchors
}

/** What the links and pictures of a page lead to, outside of code. */
function targetsOf(page: string): string[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

/** Why a link of a page leads nowhere, or undefined. */
function fault(page: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), path))
  if (!existsSync(join(root, file))) return `${page}: ${target}: there is no ${file}`
  if (anchor !== undefined && !anchorsOf(file).has(anchor)) return `${page}: ${target}: no such heading`
  return undefined
}

describe('the links of the documentation', () => {
  it('lead to files and headings that exist', () => {
    const links = markdownPages.flatMap((page) => targetsOf(page).map((target) => ({ page, target })))
    expect(links.length).toBeGreaterThan(50)
    expect(links.map(({ page, target }) => fault(page, target)).filter((text) => text !== undefined)).toEqual([])
  })

  it('reach every page from the README', () => {
    const reached = new Set(['README.md'])
    for (const page of reached) {
      for (const target of targetsOf(page)) {
        const file = normalize(join(dirname(page), target.split('#')[0] ?? ''))
        if (markdownPages.includes(file)) reached.add(file)
      }
    }
    expect(markdownPages.filter((page) => !reached.has(page))).toEqual([])
  })
})
