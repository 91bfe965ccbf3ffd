/** What a report tells of configurations: distributions, relaxations, dynamics, and some to look at. */
import type { ConfigSetIn } from '../configset/configset-in.js'
import { distributionsOf } from './distributions.js'
import { countInto, equalEdges } from './histogram.js'
import type { Convergence, Curve, Dynamics, ReportData, View } from './report-data.js'
import { type Sample, sampleConfigs } from './sample.js'
import { type Trajectory, trajectoriesAround } from './trajectories.js'

/** How many trajectories are drawn, and how many single configurations are looked at. */
const TRAJECTORIES = 6
const CONFIGURATIONS = 60
/** The most atoms of all configurations that are looked at, and of one of them. */
const VIEWED_ATOMS = 60_000
const LARGEST = 50_000

type SetData = Pick<ReportData, 'distributions' | 'convergence' | 'dynamics' | 'views' | 'notes'>

/** The data of a run's input and output; either may be missing. */
export async function setData(input: ConfigSetIn | null, output: ConfigSetIn | null): Promise<SetData> {
  const samples = {
    input: input && (await sampleConfigs(input)),
    output: output && (await sampleConfigs(output)),
  }
  const kind = samples.output?.sampled.find(({ facts }) => facts.kind !== null)?.facts.kind ?? null
  const [shown, sample, name] =
    output && samples.output && samples.output.total > 0
      ? ([output, samples.output, 'output'] as const)
      : ([input, samples.input, 'input'] as const)
  const looked = shown && sample ? await trajectoriesAround(...choice(shown, sample, kind !== null)) : []
  const { views, tooLarge } = viewsOf(looked, kind, name)
  const notes = [
    ...Object.entries(samples).flatMap(([set, taken]) => (taken ? sampleNotes(set, taken) : [])),
    ...looked.filter(({ cut }) => cut).map(({ first }) => `The trajectory from frame ${first} on is shown in part.`),
    ...(tooLarge > 0 ? [`${tooLarge} configurations of more than ${LARGEST} atoms are not in the 3D view.`] : []),
  ]
  return {
    distributions: distributionsOf(samples),
    convergence: kind === 'minim' && samples.output ? convergenceOf(samples.output, looked) : null,
    dynamics: kind === 'md' ? dynamicsOf(looked) : null,
    views,
    notes,
  }
}

/** Which frames are looked at: trajectories as wholes, or single configurations. */
function choice(set: ConfigSetIn, { sampled }: Sample, inTrajectories: boolean): [ConfigSetIn, number[], number?] {
  const count = Math.min(inTrajectories ? TRAJECTORIES : CONFIGURATIONS, sampled.length)
  const numbers = Array.from(
    { length: count },
    (_, k) => sampled[Math.floor((k * sampled.length) / count)]?.number ?? 0,
  )
  return inTrajectories ? [set, numbers] : [set, numbers, 0]
}

function sampleNotes(set: string, { total, sampled, unreadable }: Sample): string[] {
  const shown = sampled.length + unreadable
  const notes =
    total > shown
      ? [
          `Of the ${set}'s ${total} configurations a random sample of ${shown} is shown; the same file gives the same sample.`,
        ]
      : []
  return unreadable > 0 ? [...notes, `${unreadable} sampled configurations of the ${set} could not be read.`] : notes
}

function viewsOf(
  looked: readonly Trajectory[],
  kind: 'minim' | 'md' | null,
  name: string,
): { views: View[]; tooLarge: number } {
  let atoms = 0
  let tooLarge = 0
  const framesOf = ({ points }: Trajectory): View['frames'] =>
    points.flatMap(({ view }) => {
      if (!view) return []
      if (view.symbols.length > LARGEST) {
        tooLarge++
        return []
      }
      if (atoms > 0 && atoms + view.symbols.length > VIEWED_ATOMS) return []
      atoms += view.symbols.length
      return [view]
    })
  const views =
    kind === null
      ? [{ name: `configurations of the ${name}`, frames: looked.flatMap(framesOf) }]
      : looked.map((trajectory) => ({ name: nameOf(trajectory), frames: framesOf(trajectory) }))
  return { views: views.filter(({ frames }) => frames.length > 0), tooLarge }
}

function nameOf({ first, points }: Trajectory): string {
  return points.length === 1 ? `frame ${first}` : `frames ${first} to ${first + points.length - 1}`
}

function convergenceOf({ sampled }: Sample, looked: readonly Trajectory[]): Convergence {
  const ends = sampled.flatMap(({ facts }) => facts.relaxed ?? [])
  const steps = ends.map((end) => end.steps)
  const most = Math.max(...steps)
  const edges = equalEdges(0, most + 1, Math.min(40, most + 1))
  const converged = ends.filter((end) => end.converged).length
  return {
    converged,
    unconverged: ends.length - converged,
    steps: steps.length > 0 ? { edges, counts: countInto(edges, steps).counts } : null,
    curves: looked.filter(({ points }) => points.length > 1).map(relaxationCurve),
  }
}

function relaxationCurve(trajectory: Trajectory): Curve {
  const { points } = trajectory
  const energies = points.map(({ facts }) => [...facts.energies.values()][0] ?? null)
  return {
    name: nameOf(trajectory),
    x: points.map((_, k) => k),
    first: points.map(({ facts }) => facts.longest),
    second: relative(energies, energies.at(-1)),
  }
}

function dynamicsOf(looked: readonly Trajectory[]): Dynamics {
  return {
    curves: looked
      .filter(({ points }) => points.length > 1)
      .map((trajectory) => {
        const { points } = trajectory
        const energies = points.map(({ facts }) => facts.totalEnergy)
        return {
          name: nameOf(trajectory),
          x: points.map(({ facts }, k) => facts.time ?? k),
          first: points.map(({ facts }) => facts.temperature),
          second: relative(energies, energies[0]),
        }
      }),
  }
}

/** eV to meV above a reference. */
function relative(energies: readonly (number | null)[], reference: number | null | undefined): (number | null)[] {
  return energies.map((energy) =>
    energy === null || reference === null || reference === undefined ? null : 1000 * (energy - reference),
  )
}
