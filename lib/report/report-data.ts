/**
 * What a report page is told: plain data, written into the page as JSON and drawn there by the scripts of `page/`.
 *
 * Everything is bounded, whatever the size of the run: series of time have a fixed number of bins, configurations are
 * sampled, lists end after some entries and say how many more there were.
 */

/** A page. */
export interface ReportData {
  /** The operation's name, or what the page is of. */
  readonly title: string
  /** When it was made, ISO 8601. */
  readonly made: string
  /** What ran, and how: a label and a value each. */
  readonly facts: readonly (readonly [label: string, value: string])[]
  /** Sentences on what the page leaves out. */
  readonly notes: readonly string[]
  /** How the run went; null for a page that was made afterwards. */
  readonly run: RunData | null
  readonly distributions: readonly Distribution[]
  readonly convergence: Convergence | null
  readonly dynamics: Dynamics | null
  readonly views: readonly View[]
}

/** A run in time. Times are seconds since its begin. */
export interface RunData {
  readonly seconds: number
  /** Why it ended early. */
  readonly error: string | null
  readonly npool: number
  readonly items: number
  readonly configs: number
  readonly failed: number
  /** CPU time of the process that led it. */
  readonly parentSeconds: number
  /** The width of a bin of the series below. */
  readonly binSeconds: number
  /** Items a second, in each bin. */
  readonly rate: readonly number[]
  readonly workers: readonly WorkerLane[]
  /** Deaths and what followed; only the first ones. */
  readonly events: readonly { readonly seconds: number; readonly worker: number; readonly text: string }[]
  readonly moreEvents: number
  /** How many items took how long. */
  readonly times: Histogram
  readonly failures: readonly FailureRow[]
  readonly moreFailures: number
}

/** A worker over the run. The four times add up to the run's. */
export interface WorkerLane {
  readonly id: number
  /** How often it was started. */
  readonly starts: number
  readonly items: number
  readonly busySeconds: number
  /** Until it was ready, the times of its replacements too. */
  readonly startSeconds: number
  /** Ready, with nothing to do, before its last item. */
  readonly waitSeconds: number
  /** Behind its last item. */
  readonly tailSeconds: number
  /** The share of each bin that it was busy, and starting. */
  readonly busy: readonly number[]
  readonly starting: readonly number[]
}

/** A failed item. */
export interface FailureRow {
  readonly index: number
  readonly location: string
  readonly file: string
  readonly message: string
}

/** `counts[k]` values lie between `edges[k]` and `edges[k + 1]`. */
export interface Histogram {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

/** A quantity of the sampled configurations. */
export interface Distribution {
  /** `energy per atom`, `force on an atom`. */
  readonly quantity: string
  readonly unit: string
  /** The edges of all series' bins. */
  readonly edges: readonly number[]
  readonly series: readonly DistributionSeries[]
}

/** The values under one key of one set. */
export interface DistributionSeries {
  /** `output: EMT_energy`. */
  readonly name: string
  readonly counts: readonly number[]
  /** How many values lie outside of the edges. */
  readonly outside: number
  readonly values: number
  readonly mean: number
  readonly deviation: number
  readonly min: number
  readonly max: number
}

/** Relaxations. */
export interface Convergence {
  /** Of the sampled final configurations. */
  readonly converged: number
  readonly unconverged: number
  /** Steps to the end. */
  readonly steps: Histogram | null
  readonly curves: readonly Curve[]
}

/** Trajectories of molecular dynamics. */
export interface Dynamics {
  readonly curves: readonly Curve[]
}

/** What is drawn of one trajectory; missing values are null. */
export interface Curve {
  readonly name: string
  /** Step of a relaxation, or time in fs. */
  readonly x: readonly number[]
  /** Relaxation: the longest force, eV/Å; dynamics: the temperature, K. */
  readonly first: readonly (number | null)[]
  /** Relaxation: the energy per atom above the last one; dynamics: the change of the total energy per atom; meV. */
  readonly second: readonly (number | null)[]
}

/** Configurations to be looked at, one at a time. */
export interface View {
  readonly name: string
  readonly frames: readonly ViewFrame[]
}

/** One configuration. */
export interface ViewFrame {
  readonly label: string
  readonly symbols: readonly string[]
  /** 3N, Å. */
  readonly positions: readonly number[]
  /** 9, Å; null without a full cell. */
  readonly cell: readonly number[] | null
}
