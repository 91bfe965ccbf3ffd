import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What `npm pack` says of the tarball. */
export interface Tarball {
  path: string
  size: number
  files: string[]
}

/** A folder outside the project, removed when the tests of the file are done. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `autopara-${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A checkout of what the project's repository holds now, the changes that are not committed included. */
export function checkout(folder: string): string {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of files
    .toString()
    .split('\0')
    .filter((name) => name !== '')) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(root, file), join(folder, file))
  }
  return folder
}

/** Packs the project as it would be published. */
export function pack(folder: string): Tarball {
  const clone = checkout(join(folder, 'checkout'))
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  const text = npm(clone, 'pack', '--json', '--pack-destination', folder).stdout
  // Before the list stands what the scripts print.
  const [{ filename, size, files }] = JSON.parse(text.slice(text.search(/^\[/m)))
  return { path: join(folder, filename), size, files: files.map(({ path }: { path: string }) => path) }
}

/** An empty project that has installed the tarball, as a user would. */
export function installInto(folder: string, tarball: string, manifest: object = {}): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, ...manifest }))
  const { status, stderr } = npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball)
  if (status !== 0) throw new Error(`npm install failed: ${stderr}`)
  return folder
}

/** The development tools of the project, for a user's project: no other version is tested. */
export function linkTools(folder: string, ...names: string[]): void {
  for (const name of names) {
    const place = join(folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), place)
  }
}

/** Runs npm as in a fresh shell. */
export function npm(cwd: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV)/.test(name)))
  return spawnSync('npm', args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 })
}
