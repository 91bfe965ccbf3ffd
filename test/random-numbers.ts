/** Uniform numbers in (0, 1) that are the same in every run (Park and Miller, Comm. ACM 31, 1192 (1988)). */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}
