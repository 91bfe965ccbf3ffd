/**
 * Items to configurations and configurations to bytes: the same code in a worker, in a serial run and in the parent.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Atoms } from '../atoms/atoms.js'
import { atomsFromWire } from '../atoms/wire.js'
import { frameToAtoms } from '../extxyz/convert.js'
import { readFrame } from '../extxyz/read-frame.js'
import { checkIdentity, type FileIdentity } from './file-identity.js'
import { InputFileError, readError } from './input-file-error.js'
import type { AtomsItem, BytesItem, InputFile, RangeItem } from './item.js'

/** How much is read at once from a file whose frames are wanted one after another. */
const READ_AHEAD = 256 * 1024
/** How many files are open at once: a set may have thousands. */
const MOST_OPEN = 8
/** How long files stay open that nobody reads, ms: who reads in a worker is never told that a loop is over. */
const IDLE = 1000

/** Input files, opened when needed, with a block of read-ahead each. */
export class FileReader {
  readonly #files: readonly InputFile[]
  /** The open files, the one that was opened first in front. */
  readonly #open = new Map<number, OpenFile>()
  #timer: NodeJS.Timeout | undefined
  /** Whether anything was read since the timer last looked. */
  #busy = false

  constructor(files: readonly InputFile[]) {
    this.#files = files
  }

  /** The bytes [start, end) of file `file`; valid until the next call. */
  bytes(file: number, start: number, end: number): Uint8Array {
    this.#busy = true
    return (this.#open.get(file) ?? this.#openFile(file)).bytes(start, end)
  }

  #openFile(file: number): OpenFile {
    const [oldest] = this.#open
    if (oldest && this.#open.size >= MOST_OPEN) {
      oldest[1].close()
      this.#open.delete(oldest[0])
    }
    const handle = new OpenFile(this.#files[file] as InputFile)
    this.#open.set(file, handle)
    this.#timer ??= setInterval(() => this.#closeIdle(), IDLE).unref()
    return handle
  }

  #closeIdle(): void {
    if (!this.#busy) this.close()
    this.#busy = false
  }

  /** The path of file `file` as the user wrote it. */
  path(file: number): string {
    return this.#files[file]?.path ?? '(memory)'
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const handle of this.#open.values()) handle.close()
    this.#open.clear()
  }
}

class OpenFile {
  readonly #path: string
  readonly #fd: number
  #block: Buffer = Buffer.alloc(0)
  #blockStart = 0
  #blockEnd = 0

  constructor(file: InputFile) {
    this.#path = file.path
    try {
      this.#fd = openSync(resolve(file.path), 'r')
    } catch (error) {
      throw readError(file.path, error)
    }
    if (file.stat) this.#check(file.stat)
  }

  /** A file that is not the one the parent saw would be cut at the wrong places. */
  #check(expected: FileIdentity): void {
    try {
      checkIdentity(this.#path, fstatSync(this.#fd), expected)
    } catch (error) {
      closeSync(this.#fd)
      throw error
    }
  }

  bytes(start: number, end: number): Uint8Array {
    if (start < this.#blockStart || end > this.#blockEnd) this.#load(start, end)
    return this.#block.subarray(start - this.#blockStart, end - this.#blockStart)
  }

  #load(start: number, end: number): void {
    const wanted = Math.max(end - start, READ_AHEAD)
    if (this.#block.length < wanted) this.#block = Buffer.allocUnsafe(wanted)
    let filled = 0
    while (filled < wanted) {
      const read = this.#read(filled, wanted - filled, start + filled)
      if (read === 0) break
      filled += read
    }
    this.#blockStart = start
    this.#blockEnd = start + filled
    if (end > this.#blockEnd)
      throw new InputFileError(this.#path, `${this.#path} became shorter while it was being read`)
  }

  #read(offset: number, length: number, position: number): number {
    try {
      return readSync(this.#fd, this.#block, offset, length, position)
    } catch (error) {
      throw readError(this.#path, error)
    }
  }

  close(): void {
    try {
      closeSync(this.#fd)
    } catch {
      // It was read only: nothing is lost.
    }
  }
}

/** The configuration that an item stands for. Throws ExtxyzError, with file, frame and line, for a malformed one. */
export function itemToAtoms(item: RangeItem | BytesItem | AtomsItem, reader: FileReader): Atoms {
  if (item.kind === 'atoms') return atomsFromWire(item.atoms)
  const bytes = item.kind === 'bytes' ? item.bytes : reader.bytes(item.file, item.start, item.end)
  const where = { file: reader.path(item.file), frame: item.frame, line: item.line }
  return frameToAtoms(readFrame(bytes, 0, where), where)
}
