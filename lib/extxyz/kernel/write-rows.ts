/**
 * Rows of atoms from columns, and the numbers of a value.
 */
import {
  COLUMN_SIZE,
  COLUMNS,
  DATA,
  DONE,
  FIXED,
  INTEGER,
  LOGICAL,
  LONG,
  REAL,
  SHORTEST,
  TEXT,
  TEXT_SIZE,
} from './layout'
import { writeFixed, writeShortest, writeWhole } from './write-real'

/** What the longest number takes, and the blank before it. */
const ROOM: usize = 32
const LIMIT: usize = TEXT + TEXT_SIZE

/**
 * Writes up to `rows` rows to {@link TEXT}, `style` as in `layout.ts`; gives the address behind the last one, and their number in
 * {@link DONE}: fewer where the room ends, or a cell is not done here.
 */
export function writeRows(rows: i32, columns: i32, style: i32): usize {
  let p: usize = TEXT
  let row = 0
  for (; row < rows; row++) {
    let at = p
    for (let c = 0; c < columns && at !== 0; c++) {
      if (c > 0) store<u8>(at++, 32)
      at = writeColumn(at, COLUMNS + c * COLUMN_SIZE, row, style)
    }
    if (at === 0) break
    store<u8>(at, 10)
    p = at + 1
  }
  store<i32>(DONE, row)
  return p
}

/** Writes the cells of one column in one row; gives the address behind them, or 0. */
function writeColumn(p: usize, column: usize, row: i32, style: i32): usize {
  const kind = load<i32>(column)
  const count = load<i32>(column, 4)
  const data = load<usize>(column, 8)
  const first = row * count
  for (let i = first; i < first + count; i++) {
    if (p === 0 || p + ROOM > LIMIT) return 0
    if (i > first) store<u8>(p++, 32)
    if (kind === REAL) {
      const x = load<f64>(data + ((<usize>i) << 3))
      p = style === FIXED ? writeFixed(p, x) : writeShortest(p, x, SHORTEST)
    } else if (kind === INTEGER) p = writeInteger(p, load<i32>(data + ((<usize>i) << 2)), style)
    else if (kind === LONG) p = writeInteger(p, load<i64>(data + ((<usize>i) << 3)), style)
    else if (kind === LOGICAL) {
      if (style === FIXED) store<u8>(p++, 32)
      store<u8>(p++, load<u8>(data + i) ? 84 : 70)
    } else p = writeWord(p, data + ((<usize>i) << 3))
  }
  return p
}

/** As `%d`, or as `%8d` among fixed columns. */
function writeInteger(at: usize, value: i64, style: i32): usize {
  const magnitude: u64 = value < 0 ? <u64>-value : <u64>value
  let p = at
  if (style === FIXED) {
    let width = value < 0 ? 2 : 1
    for (let rest = magnitude; rest >= 10; rest /= 10) width++
    for (; width < 8; width++) store<u8>(p++, 32)
  }
  if (value < 0) store<u8>(p++, 45)
  return writeWhole(p, magnitude)
}

function writeWord(p: usize, cell: usize): usize {
  const from = load<u32>(cell)
  const length = load<u32>(cell, 4)
  if (p + length + ROOM > LIMIT) return 0
  for (let i: u32 = 0; i < length; i += 8) store<u64>(p + i, load<u64>(from + i))
  return p + length
}

/** Writes `count` numbers of {@link DATA} to {@link TEXT} with blanks between them; the address behind them, 0 if not done here. */
export function writeNumbers(count: i32, style: i32): usize {
  let p: usize = TEXT
  for (let i = 0; i < count; i++) {
    if (p + ROOM > LIMIT) return 0
    if (i > 0) store<u8>(p++, 32)
    p = writeShortest(p, load<f64>(<usize>DATA + ((<usize>i) << 3)), style)
    if (p === 0) return 0
  }
  return p
}
