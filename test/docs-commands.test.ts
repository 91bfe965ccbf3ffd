import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { markdownPages, root } from './markdown-pages.js'
import { runNode } from './run-script.js'

const autopara = fileURLToPath(new URL('../lib/cli/autopara.js', import.meta.url))

interface Example {
  readonly page: string
  readonly command: string
  readonly options: readonly string[]
}

/** The calls of `autopara` in code on the pages; a line that ends in a backslash goes on. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/\\\n/g, ' ')
  const code = text.match(/^```sh[\s\S]*?^```|`[^`\n]+`/gm) ?? []
  return code
    .flatMap((part) => [...part.matchAll(/\bautopara ([a-z]+)( [^|`\n]*)?/g)])
    .map(([, command = '', rest = '']) => ({
      page,
      command,
      // What stands in quotes is a value.
      options: rest.replace(/'[^']*'|#.*$/g, '').match(/(?<= )--?[a-zA-Z][\w-]*/g) ?? [],
    }))
}

const examples = markdownPages.flatMap(examplesOf)

describe('calls of the command line in the documentation', () => {
  it('name commands and options that exist', async () => {
    expect(examples.length).toBeGreaterThan(15)
    const commands = [...new Set(examples.map(({ command }) => command))]
    const help = new Map<string, string>()
    for (const command of commands) help.set(command, (await runNode([autopara, command, '--help'])).stdout)
    const unknown = examples.flatMap(({ page, command, options }) => {
      const text = help.get(command) ?? ''
      if (!text.startsWith(`Usage: autopara ${command} `)) return [`${page}: autopara ${command}`]
      const known = new Set(text.match(/(?<=[ ,])--?[a-zA-Z][\w-]*/g))
      return options.filter((option) => !known.has(option)).map((option) => `${page}: autopara ${command} ${option}`)
    })
    expect(unknown).toEqual([])
  })
})

describe('scripts of package.json in the documentation', () => {
  it('exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
    const named = markdownPages.flatMap((page) => {
      const text = readFileSync(join(root, page), 'utf8')
      return [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script = '']) => ({ page, script }))
    })
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter(({ script }) => !Object.hasOwn(scripts, script))).toEqual([])
  })
})
