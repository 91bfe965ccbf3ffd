import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Atoms } from '../../lib/atoms/atoms.js'
import type { InfoValue } from '../../lib/base/ndarray.js'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import { read } from '../../lib/extxyz/read.js'
import { sharedData } from '../shared-data.js'

/** What ASE read from a file: the part of the oracle that is compared. */
interface Oracle {
  file: string
  ase: {
    ok: boolean
    nframes: number
    natoms: number[]
    info_keys: Record<string, Record<string, number>>
    arrays: Record<string, Record<string, number>>
    pbc: string[]
    sequential_sum_positions: number
    sequential_sum_cell: number
    sum_Z: number
    array_fsums: Record<string, number>
    info_fsums?: Record<string, number>
    first_frame_info: Record<string, unknown>
  }
}

const folder = sharedData('real')
const oracles = folder
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Oracle)
  : []

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** The type name that the oracle uses for an info value. */
function typeName(value: InfoValue | undefined, hint: string | undefined): string {
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) && hint !== 'float' ? 'int64' : 'float64'
  const array = value as { dtype: string; shape: number[] }
  return `ndarray[${array.dtype === 'float64' ? 'f' : 'i'}][${array.shape.join('x')}]`
}

function infoTypes(frames: Atoms[]): Record<string, Record<string, number>> {
  const found: Record<string, Record<string, number>> = {}
  for (const { info, infoTypes: hints } of frames) {
    for (const key of Object.keys(info)) {
      const counts = found[key] ?? {}
      found[key] = counts
      const name = typeName(info[key], hints?.[key])
      counts[name] = (counts[name] ?? 0) + 1
    }
  }
  return found
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('data' in value)) return value
  return Array.from((value as { data: ArrayLike<number> }).data)
}

describe.skipIf(folder === null)('files of real work', () => {
  it.each(oracles.filter(({ ase }) => ase.ok).map((oracle) => [oracle.file, oracle] as const))(
    'reads %s as ASE does',
    async (file, { ase }) => {
      const frames = await read(join(folder as string, file))
      expect(frames.map(({ length }) => length)).toEqual(ase.natoms)
      expect(infoTypes(frames)).toEqual(ase.info_keys)
      const pbc = frames.map((frame) => frame.pbc.map((flag) => (flag ? 'T' : 'F')).join(''))
      expect([...new Set(pbc)].sort()).toEqual(ase.pbc)
      expect(sum(frames.flatMap(({ numbers }) => [...numbers]))).toBe(ase.sum_Z)
      // the same numbers added in the same order are the same to the last bit
      expect(sum(frames.flatMap(({ positions }) => [...positions]))).toBe(ase.sequential_sum_positions)
      expect(sum(frames.flatMap(({ cell }) => [...cell]))).toBe(ase.sequential_sum_cell)
      for (const [name, counts] of Object.entries(ase.arrays)) {
        if (name === 'numbers' || name === 'positions') continue
        const arrays = frames.flatMap((frame) => frame.arrays[name] ?? [])
        expect(arrays.length, name).toBe(sum(Object.values(counts)))
        const total = sum(arrays.flatMap(({ data }) => [...(data as Float64Array)]))
        expect(total, name).toBeCloseTo(ase.array_fsums[name] as number, 6)
      }
      const first = frames[0] as Atoms
      for (const [key, value] of Object.entries(ase.first_frame_info)) expect(plain(first.info[key])).toEqual(value)
    },
  )

  it.each(oracles.filter(({ ase }) => !ase.ok).map(({ file }) => file))('rejects %s as ASE does', async (file) => {
    await expect(read(join(folder as string, file))).rejects.toBeInstanceOf(ExtxyzError)
  })
})
