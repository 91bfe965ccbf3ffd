/**
 * The `Properties` value: `name:type:count` triplets, and the plan for reading atom lines that follows from it.
 *
 * Frames of one file nearly always have the same Properties, so the plan of the last text is kept.
 */

/** One property of an atom line. */
export interface Property {
  readonly name: string
  /** S text, I integer, R real, L logical. */
  readonly type: 'S' | 'I' | 'R' | 'L'
  /** How many columns it takes. */
  readonly count: number
}

/** What atom lines hold. `plain`: a file without Properties and Lattice, where further columns are not read. */
export interface ColumnPlan {
  readonly text: string
  readonly properties: readonly Property[]
  /** All columns together. */
  readonly columns: number
  readonly plain: boolean
}

/** A Properties text that breaks the format; `offset` is the place in the text. */
export class PropertiesFault extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const DEFAULT = 'species:S:1:pos:R:3'
/** More columns than that in one line are junk, and would reserve memory for nothing. */
const MAX_COLUMNS = 1_000_000

let last: ColumnPlan | undefined

/** The plan of a Properties text. Throws {@link PropertiesFault}. */
export function parseProperties(text: string): ColumnPlan {
  if (last?.text === text) return last
  if (text === '') throw new PropertiesFault('Properties is empty', 0)
  const fields = text.split(':')
  const properties: Property[] = []
  const names = new Set<string>()
  let columns = 0
  let offset = 0
  for (let i = 0; i < fields.length; i += 3) {
    const [name = '', type, count] = fields.slice(i, i + 3)
    if (type === undefined || count === undefined) {
      throw new PropertiesFault(`Properties must be name:type:count triplets, "${name}" is incomplete`, offset)
    }
    const property = { name, type: checkType(name, type, offset), count: checkCount(name, count, offset) }
    if (name === '') throw new PropertiesFault('Properties has an empty name', offset)
    if (names.has(name)) throw new PropertiesFault(`Properties names "${name}" twice`, offset)
    names.add(name)
    columns += property.count
    if (columns > MAX_COLUMNS) throw new PropertiesFault(`Properties has more than ${MAX_COLUMNS} columns`, offset)
    properties.push(property)
    offset += name.length + type.length + count.length + 3
  }
  last = { text, properties, columns, plain: false }
  return last
}

function checkType(name: string, type: string, offset: number): Property['type'] {
  if (type === 'S' || type === 'I' || type === 'R' || type === 'L') return type
  throw new PropertiesFault(`Properties gives "${name}" the type "${type}"; S, I, R and L exist`, offset)
}

function checkCount(name: string, count: string, offset: number): number {
  if (/^0*[1-9]\d{0,8}$/.test(count)) return Number(count)
  throw new PropertiesFault(`Properties gives "${name}" the count "${count}"; it must be a positive integer`, offset)
}

/** The plan of a frame without Properties; `plain`: without Lattice too. */
export function defaultPlan(plain: boolean): ColumnPlan {
  return plain ? PLAIN : { ...PLAIN, plain: false }
}

const PLAIN: ColumnPlan = {
  text: DEFAULT,
  properties: [
    { name: 'species', type: 'S', count: 1 },
    { name: 'pos', type: 'R', count: 3 },
  ],
  columns: 4,
  plain: true,
}
