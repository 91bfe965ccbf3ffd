/** seedrandom ships no types for its single generators; this is the part of Alea that `random.ts` uses. */
declare module 'seedrandom/lib/alea.js' {
  interface Alea {
    /** 53 random bits in [0, 1). */
    double(): number
    state(): object
  }
  export default function alea(seed: string, options: { state: true | object }): Alea
}
