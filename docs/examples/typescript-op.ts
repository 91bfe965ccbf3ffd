// A file → file operation in TypeScript, without a build: the workers run it as the program itself is run.
//   node typescript-op.ts IN OUT                  Node ≥ 22.18
//   node --import tsx typescript-op.ts IN OUT     Node 20, with the package tsx
import { type Atoms, ConfigSetIn, ConfigSetOut, iterableLoop } from 'autopara'

interface Limits {
  /** Å³ an atom. */
  readonly volume: number
}

/** Leaves out what is too thin, and notes the density of the others. */
export function dense(configs: Atoms[], { volume }: Limits): (Atoms | null)[] {
  return configs.map((atoms) => {
    const perAtom = atoms.volume / atoms.length
    if (perAtom > volume) return null
    atoms.info['density'] = atoms.masses.reduce((sum, mass) => sum + mass, 0) / atoms.volume
    return atoms
  })
}

const [inputFiles = 'in.xyz', outputFiles = 'out.xyz'] = process.argv.slice(2)
const limits: Limits = { volume: 12 }
const results = await iterableLoop({
  iterable: new ConfigSetIn({ inputFiles }),
  configsetOut: new ConfigSetOut({ outputFiles, force: true }),
  op: dense,
  args: [limits],
  npool: 2,
  chunksize: 'auto',
})
console.log(`${await results.count()} configurations with at most ${limits.volume} Å³ an atom`)
