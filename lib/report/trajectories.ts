/**
 * The configurations that a report looks at one by one: some of a set, or some of its trajectories as wholes.
 *
 * In a file trajectories follow each other frame by frame. Around each of some chosen frames the trajectory that it belongs
 * to is read, backwards through the places of the last frames, and then on to its end. Only numbers are kept, and the atoms
 * of so many frames that they stay few.
 */
import type { Atoms } from '../atoms/atoms.js'
import { FileReader } from '../configset/codec.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { SourceItem } from '../configset/sources.js'
import { type ConfigurationFacts, factsOf, goesOn, viewFrame } from './configuration-facts.js'
import type { ViewFrame } from './report-data.js'
import { readAtoms } from './sample.js'

/** At most so many frames of a trajectory before and after the chosen one. */
const REACH = 300
/** At most so many bytes of text or data wait for a trajectory that may begin with them. */
const WAITING = 32 * 1024 * 1024
/** The atoms of so many frames are kept of a trajectory: of every frame, every second, every fourth … */
const VIEWED = 60
/** And of all of them together at most so many atoms, unless one frame has more. */
const VIEWED_ATOMS = 15_000

/** Frames that belong together. */
export interface Trajectory {
  /** The number of the first frame in its set. */
  readonly first: number
  readonly points: readonly TrajectoryPoint[]
  /** Whether it goes on where it was cut. */
  readonly cut: boolean
}

/** One frame. */
export interface TrajectoryPoint {
  readonly facts: ConfigurationFacts
  /** Null: left out. */
  view: ViewFrame | null
}

/** The trajectories around frames `chosen` (ascending) of a set, each once; at most `reach` frames to either side. */
export async function trajectoriesAround(
  set: ConfigSetIn,
  chosen: readonly number[],
  reach: number = REACH,
): Promise<Trajectory[]> {
  const reader = new FileReader(set.files())
  const finished: Trajectory[] = []
  const window = new Window(reach)
  const wanted = [...chosen]
  let growing: GrowingTrajectory | undefined
  let number = 0
  try {
    for await (const batch of set.batches()) {
      for (const item of batch) {
        if (growing?.append(readAtoms(item, reader)) === false) {
          finished.push(growing)
          growing = undefined
        }
        if (wanted[0] === number) {
          wanted.shift()
          growing ??= window.trajectoryTo(number, readAtoms(item, reader), reader)
        }
        if (growing) window.clear()
        else window.push(item)
        number++
      }
      if (!growing && wanted.length === 0) break
    }
  } finally {
    reader.close()
  }
  return growing ? [...finished, growing] : finished
}

/** The last frames that went by, as items. */
class Window {
  readonly #reach: number
  #items: SourceItem[] = []
  #bytes = 0

  constructor(reach: number) {
    this.#reach = reach
  }

  push(item: SourceItem): void {
    this.#items.push(item)
    this.#bytes += sizeOf(item)
    while (this.#items.length > this.#reach || this.#bytes > WAITING) this.#bytes -= sizeOf(this.#items.shift())
  }

  clear(): void {
    this.#items = []
    this.#bytes = 0
  }

  /** The trajectory of the frames that `atoms` goes on from, and itself. */
  trajectoryTo(number: number, atoms: Atoms | null, reader: FileReader): GrowingTrajectory | undefined {
    if (!atoms) return undefined
    const trajectory = new GrowingTrajectory(number, atoms, this.#reach)
    for (const item of this.#items.toReversed()) if (!trajectory.prepend(readAtoms(item, reader))) return trajectory
    if (this.#items.length === this.#reach && this.#reach > 0) trajectory.cut = true
    return trajectory
  }
}

/** A trajectory that becomes longer at both ends. */
class GrowingTrajectory implements Trajectory {
  first: number
  readonly points: TrajectoryPoint[]
  cut = false
  readonly #chosen: number
  #earliest: Atoms
  #latest: Atoms
  #left: number
  #stride = 1

  constructor(chosen: number, atoms: Atoms, reach: number) {
    this.first = chosen
    this.#chosen = chosen
    this.points = [{ facts: factsOf(atoms), view: viewFrame(atoms, `frame ${chosen}`) }]
    this.#earliest = atoms
    this.#latest = atoms
    this.#left = reach
  }

  /** Puts the frame before it in front, if the first one goes on from it. */
  prepend(atoms: Atoms | null): boolean {
    if (!atoms || !goesOn(atoms, this.#earliest)) return false
    this.#earliest = atoms
    this.first--
    this.points.unshift(this.#point(this.first, atoms))
    this.#thin()
    return true
  }

  /** Takes the next frame if it goes on from the last one and there is room. */
  append(atoms: Atoms | null): boolean {
    if (!atoms || !goesOn(this.#latest, atoms)) return false
    if (this.#left === 0) {
      this.cut = true
      return false
    }
    this.#left--
    this.#latest = atoms
    this.points.push(this.#point(this.first + this.points.length, atoms))
    this.#thin()
    return true
  }

  #point(number: number, atoms: Atoms): TrajectoryPoint {
    return { facts: factsOf(atoms), view: this.#isViewed(number) ? viewFrame(atoms, `frame ${number}`) : null }
  }

  #isViewed(number: number): boolean {
    return (number - this.#chosen) % this.#stride === 0
  }

  #thin(): void {
    const most = Math.max(2, Math.min(VIEWED, Math.floor(VIEWED_ATOMS / Math.max(1, this.#latest.length))))
    while (this.points.length > most * this.#stride) {
      this.#stride *= 2
      for (const [k, point] of this.points.entries()) if (!this.#isViewed(this.first + k)) point.view = null
    }
  }
}

function sizeOf(item: SourceItem | undefined): number {
  if (item?.kind === 'bytes') return item.bytes.length
  return item?.kind === 'atoms' ? 100 * item.atoms.numbers.length : 0
}
