/**
 * Where a configuration stands in a nested set: [0, 3] is the fourth of the first group, written ' / 0 / 3'.
 *
 * A location travels beside the configuration, never inside its `info`.
 */
export type Location = readonly number[]

const SEPARATOR = ' / '

/** ' / 0 / 3', the leading separator included, as wfl writes it. */
export function formatLocation(location: Location): string {
  return location.map((part) => SEPARATOR + part).join('')
}

/** The nested lists that `entries` describe; places that nothing was put at stay empty lists at inner levels. */
export type Nested<T> = T | Nested<T>[]

/** Puts `value` at `location` into `root`, making the lists on the way. */
export function placeAt<T>(root: Nested<T>[], location: Location, value: T): void {
  let list = root
  for (const part of location.slice(0, -1)) {
    while (list.length <= part) list.push([])
    const next = list[part]
    if (!Array.isArray(next)) throw new RangeError(`location${formatLocation(location)} runs through a configuration`)
    list = next
  }
  list.push(value)
}
