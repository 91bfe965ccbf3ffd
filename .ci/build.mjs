// Builds the package: the kernel becomes a module, tsc compiles to `build`, of which the declarations go to `dist` as they are
// and the modules bundled. With `--modules` these are not bundled, as measuring coverage needs the lines of each.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { bundle } from './bundle.mjs'
import { compileKernel } from './kernel.mjs'

const bundled = !process.argv.includes('--modules')

await compileKernel()
for (const folder of ['build', 'dist']) rmSync(folder, { recursive: true, force: true })
const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
  stdio: 'inherit',
})
if (status === 0) {
  cpSync('build', 'dist', { recursive: true, filter: (path) => !bundled || !path.endsWith('.js') })
  if (bundled) await bundle()
}
process.exitCode = status ?? 1
