/**
 * Rows of atoms, into columns; and the numbers of a value.
 *
 * A row that holds anything unusual is not read: the other side reads it, or says what is wrong with it.
 */
import { COLUMN_SIZE, COLUMNS, DATA, DATA_SIZE, DONE, INTEGER, INTEGERS, LOGICAL, REAL } from './layout'
import { end, endsToken, integral, readPaddedReal, readReal, skipBlanks } from './read-real'

/** Reads up to `rows` rows from `text`; gives the address behind the last one, and their number in {@link DONE}. */
export function readRows(text: usize, rows: i32, columns: i32, plain: bool): usize {
  let p = text
  let row = 0
  for (; row < rows; row++) {
    let at = p
    for (let c = 0; c < columns && at !== 0; c++) at = readColumn(at, COLUMNS + c * COLUMN_SIZE, row)
    if (at !== 0) at = lineEnd(at, plain)
    if (at === 0) break
    p = at
  }
  store<i32>(DONE, row)
  return p
}

/** The address behind a row's newline, 0 if something else stands there. */
function lineEnd(p: usize, plain: bool): usize {
  let c = load<u8>(p)
  if (plain) while (c !== 10 && c !== 0) c = load<u8>(++p)
  else if (c !== 10) {
    p = skipBlanks(p)
    c = load<u8>(p)
    if (c === 13) c = load<u8>(++p)
  }
  return c === 10 ? p + 1 : 0
}

/** Reads the cells of one column in one row; gives the address behind them, or 0. */
function readColumn(p: usize, column: usize, row: i32): usize {
  const kind = load<i32>(column)
  const count = load<i32>(column, 4)
  const data = load<usize>(column, 8)
  for (let i = row * count, last = i + count; i < last && p !== 0; i++) {
    if (kind === REAL) {
      store<f64>(data + ((<usize>i) << 3), readPaddedReal(p))
      p = end
      continue
    }
    p = skipBlanks(p)
    if (kind === INTEGER) p = readInteger(p, data + ((<usize>i) << 2))
    else if (kind === LOGICAL) p = readLogical(p, data + i)
    else p = readWord(p, data + ((<usize>i) << 3))
  }
  return p
}

function readInteger(start: usize, out: usize): usize {
  let p = start
  let c: u32 = load<u8>(p)
  const negative = c === 45
  if (negative || c === 43) c = load<u8>(++p)
  const first = p
  let value: i64 = 0
  for (; c - 48 < 10; c = load<u8>(++p)) value = value * 10 + (c - 48)
  if (negative) value = -value
  if (p === first || p - first > 10 || !endsToken(c) || value !== <i64>(<i32>value)) return 0
  store<i32>(out, <i32>value)
  return p
}

function readLogical(p: usize, out: usize): usize {
  const c = load<u8>(p)
  if ((c !== 84 && c !== 70) || !endsToken(load<u8>(p, 1))) return 0
  store<u8>(out, c === 84 ? 1 : 0)
  return p + 1
}

/** Where a word stands: it ends before a blank, TAB, LF or CR. */
function readWord(start: usize, out: usize): usize {
  let p = start
  let c = load<u8>(p)
  while (!endsToken(c)) c = load<u8>(++p)
  if (p === start || c === 0) return 0
  store<u32>(out, <u32>start)
  store<u32>(out, <u32>(p - start), 4)
  return p
}

/**
 * Reads numbers with blanks between them up to `limit` into {@link DATA}; gives their number, or 0 if anything else stands there,
 * a number with a leading zero too. {@link INTEGERS}: whether all were written as integers (of up to 15 digits; others give 0).
 */
export function readNumbers(text: usize, limit: usize): i32 {
  let integers = true
  let out: usize = DATA
  for (let p = skipBlanks(text); p < limit; p = skipBlanks(p)) {
    const c = load<u8>(p)
    const digits = c === 45 || c === 43 ? p + 1 : p
    if (load<u8>(digits) === 48 && <u32>load<u8>(digits, 1) - 48 < 10) return 0
    const value = readReal(p)
    if (end === 0 || out === DATA + DATA_SIZE) return 0
    if (!integral) integers = false
    else if (integers && abs(value) > 999999999999999) return 0
    store<f64>(out, value)
    out += 8
    p = end
  }
  store<i32>(INTEGERS, integers ? 1 : 0)
  return <i32>((out - DATA) >> 3)
}
