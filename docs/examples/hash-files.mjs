// SHA-256 of every file of a folder, one process per CPU, the results in order and as they come.
//   node hash-files.mjs [FOLDER]
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Pool } from 'autopara'

export async function sha256(path) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

const folder = process.argv[2] ?? '.'
const entries = await readdir(folder, { withFileTypes: true })
const files = entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name))
files.sort()

const pool = new Pool()
let i = 0
for await (const digest of pool.imap(sha256, files)) console.log(`${digest}  ${files[i++]}`)
pool.close()
await pool.join()
