/**
 * No promise is left floating, by typescript-eslint, which knows the types of all that is called. Biome's rule, in every lint, does
 * not know those of packages and of Node.
 *
 * It needs TypeScript 5 beside it, so it is installed for this test alone.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const PACKAGES = ['eslint@9', 'typescript-eslint@8', 'typescript@5.9']
const CONFIG = `import ts from 'typescript-eslint'
export default [{
  files: ['{lib,initializers}/**/*.ts'],
  // AssemblyScript is no TypeScript
  ignores: ['**/*.d.ts', 'lib/extxyz/kernel/**'],
  languageOptions: { parser: ts.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  plugins: { ts: ts.plugin },
  rules: {
    'ts/no-floating-promises': 'error',
    'ts/no-misused-promises': ['error', { checksConditionals: false }],
    'ts/no-explicit-any': 'error',
  },
}]`

/** A copy of the sources with the linter beside them; null where it can't be had. */
function prepared(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'autopara-eslint-'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES]
  if (spawnSync('npm', install, { cwd: folder, stdio: 'ignore' }).status !== 0) {
    rmSync(folder, { recursive: true })
    if (process.env['CI'] === 'true') throw new Error(`${PACKAGES.join(', ')} can't be installed`)
    console.warn(`skipped: ${PACKAGES.join(', ')} can't be installed`)
    return null
  }
  for (const name of ['lib', 'initializers', 'tsconfig.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'eslint.config.js'), CONFIG)
  linkMissing(join(root, 'node_modules'), join(folder, 'node_modules'))
  linkMissing(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'))
  return folder
}

/** Makes what the project has beside it visible, but for what the linter brought. */
function linkMissing(from: string, to: string): void {
  const there = new Set(readdirSync(to))
  for (const name of readdirSync(from)) if (!there.has(name)) symlinkSync(join(from, name), join(to, name))
}

const folder = prepared()
afterAll(() => {
  if (folder) rmSync(folder, { recursive: true })
})

/** What the linter says of `lib` and `initializers`: file, line and rule. */
function complaints(): string[] {
  const args = [join(folder as string, 'node_modules/eslint/bin/eslint.js'), '--format', 'json', 'lib', 'initializers']
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder as string,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (stdout === '') throw new Error(stderr)
  const files = JSON.parse(stdout) as {
    filePath: string
    messages: { line: number; ruleId: string; message: string }[]
  }[]
  expect(files.length).toBeGreaterThan(100)
  return files.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line, ruleId, message }) => `${filePath.slice((folder as string).length + 1)}:${line} ${ruleId ?? message}`,
    ),
  )
}

describe.skipIf(folder === null)('typescript-eslint', () => {
  it('finds no floating promise in lib and initializers, but one that is planted', () => {
    const planted = join(folder as string, 'lib', 'planted.ts')
    writeFileSync(planted, "import { rename } from 'node:fs/promises'\nrename('a', 'b')\n")
    expect(complaints()).toEqual(['lib/planted.ts:2 ts/no-floating-promises'])
  })
})
