/** Plain JavaScript after the types are taken away; vitest transforms it, a worker loads it as it is. */
export function lengthOf(text: string): number {
  return text.length
}

export const withoutTypes: (x: number) => number = (x) => x * 7
