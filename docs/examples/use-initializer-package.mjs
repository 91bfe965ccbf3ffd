// An initializer that comes from a package, named by the package's name (see initializer-package/):
//   npm install ./initializer-package && node use-initializer-package.mjs
import { readdirSync, writeFileSync } from 'node:fs'
import { Pool } from 'autopara'

/** A task that leaves files where it works, as many programs do. */
export function leaveFile(name) {
  writeFileSync(name, 'something')
  return { folder: process.cwd(), files: readdirSync('.').length }
}

const pool = new Pool({ processes: 2, initializer: 'autopara-scratch-folder', initargs: ['example-'] })
const seen = await pool.map(leaveFile, ['a.log', 'b.log', 'c.log', 'd.log'], { chunksize: 1 })
console.log(seen.every(({ folder }) => folder !== process.cwd()) ? 'nothing was written here' : 'a mess')
for (const folder of new Set(seen.map(({ folder }) => folder))) console.log(folder)
pool.close()
await pool.join()
