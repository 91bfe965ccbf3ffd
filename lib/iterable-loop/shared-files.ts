/**
 * Which input files the workers read themselves, and which their frames are sent of.
 *
 * Workers of this machine see what this process sees. An MPI rank may stand on a machine with another file under the same
 * path, or none: so the ranks are asked, and a file that one of them does not see is read here and sent as bytes to all.
 */
import { debuglog } from 'node:util'
import { FileReader } from '../configset/codec.js'
import type { InputFile, Item } from '../configset/item.js'
import type { ItemBatch } from '../configset/item-batch.js'
import type { Pool } from '../pool/pool.js'
import { providedWorkers } from '../pool/worker-provider.js'

/** With NODE_DEBUG=autopara: what becomes of the choice that a source made. */
const debug = debuglog('autopara')

/** The files of a loop as its workers know them. */
export interface SharedFiles {
  readonly files: readonly InputFile[]
  /** The items as they are sent, in batches. */
  carry(batches: AsyncIterable<ItemBatch>): AsyncIterable<ItemBatch>
}

/** Asks the workers of `pool`, if they are elsewhere. */
export async function shareFiles(files: readonly InputFile[], pool: Pool): Promise<SharedFiles> {
  const provider = pool.processes === 0 ? undefined : providedWorkers()
  if (provider === undefined) return { files, carry: (batches) => batches }
  const facts = files.flatMap(({ path, stat }) => (stat ? [{ path, ...stat }] : []))
  const answers = await provider.seenByAll(facts)
  const unseen = new Set(facts.filter((_, i) => !answers[i]).map(({ path }) => path))
  for (const path of unseen)
    debug('%s: not every worker sees this file, so this process reads it and sends the text', path)
  const shared = files.map((file) => (unseen.has(file.path) ? { path: file.path } : withoutDevice(file)))
  return { files: shared, carry: (batches) => (unseen.size === 0 ? batches : withBytes(batches, files, unseen)) }
}

/** Another machine has another number for the same device. */
function withoutDevice({ path, stat }: InputFile): InputFile {
  if (stat === undefined) return { path }
  const { ino, size, mtimeMs } = stat
  return { path, stat: { ino, size, mtimeMs } }
}

/** Reads the frames of unseen files. */
async function* withBytes(
  batches: AsyncIterable<ItemBatch>,
  files: readonly InputFile[],
  unseen: ReadonlySet<string>,
): AsyncGenerator<Item[]> {
  const reader = new FileReader(files)
  try {
    for await (const batch of batches) {
      // One by one: bytes of many frames take memory.
      for (const item of batch) yield [unseen.has(reader.path(item.file)) ? withItsBytes(item, reader) : item]
    }
  } finally {
    reader.close()
  }
}

function withItsBytes(item: Item, reader: FileReader): Item {
  if (item.kind !== 'range') return item
  const { start, end, ...place } = item
  return { ...place, kind: 'bytes', bytes: reader.bytes(item.file, start, end).slice() }
}
