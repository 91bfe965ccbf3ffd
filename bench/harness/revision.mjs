// Builds another revision of this repository beside this one, for `--compare`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Checks `revision` out and builds it; gives its package's URL, and what removes it again. */
export function buildRevision(revision) {
  const folder = join(mkdtempSync(join(tmpdir(), 'autopara-compare-')), 'tree')
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  git('worktree', 'add', '--detach', folder, revision)
  const remove = () => {
    git('worktree', 'remove', '--force', folder)
    rmSync(join(folder, '..'), { recursive: true, force: true })
  }
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
  } catch (error) {
    remove()
    throw error
  }
  return { url: pathToFileURL(join(folder, 'dist/lib/index.js')).href, remove }
}
