/**
 * The public API of autopara: every name that a program may import from 'autopara'.
 *
 * @module autopara
 */
export { Atoms } from './atoms/atoms.js'
export type { AtomsJson, JsonArray, JsonNumber } from './atoms/atoms-json.js'
export { type BulkOptions, bulk, type CrystalStructure, molecule } from './atoms/build.js'
export { CellError } from './atoms/cell.js'
export { type NeighborPairs, neighborPairs } from './atoms/neighbor-pairs.js'
export type { AtomsInit, AtomsParts, Pbc } from './atoms/parts.js'
export { NeighborError, type PeriodicPoints } from './atoms/periodic-images.js'
export { type CurrentWorker, currentWorker } from './base/current-worker.js'
export { AutoparaError, EnvironmentError, OptionRangeError, OptionTypeError } from './base/errors.js'
export { isMainProcess } from './base/main-module.js'
export type { DType, InfoValue, JsonValue, NdArray } from './base/ndarray.js'
export { nearest } from './base/options.js'
export { processRng, Rng, type RngKey, type RngState } from './base/random.js'
export { AseCalculator, AseCalculatorError, type AseCalculatorOptions } from './calculators/ase-calculator.js'
export { type Calculator, CalculatorError, PropertyError, type Results } from './calculators/calculator.js'
export { EMT, type EMTOptions } from './calculators/emt.js'
export { FileCalculator, FileCalculatorError, type FileCalculatorOptions } from './calculators/file-calculator.js'
export { LennardJones, type LennardJonesOptions } from './calculators/lennard-jones.js'
export { Morse, type MorseOptions } from './calculators/morse.js'
export { type CalculatorFactory, type CalculatorSpec, calculatorNames } from './calculators/spec.js'
export type { AseDatabase, WriteRowOptions } from './configset/ase-db/ase-database.js'
export { DatabaseError } from './configset/ase-db/database-error.js'
export type { PairValue } from './configset/ase-db/key-value-pairs.js'
export { type OpenAseDatabaseOptions, openAseDatabase } from './configset/ase-db/open-ase-database.js'
export type { AseRow } from './configset/ase-db/row-decode.js'
export { type Comparison, type Operator, type Selection, SelectionError } from './configset/ase-db/selection.js'
export {
  ConfigSetIn,
  type ConfigSetInOptions,
  ConfigSetKindError,
  type NestedConfigs,
} from './configset/configset-in.js'
export { ConfigSetOut } from './configset/configset-out.js'
export type { ConfigSetOutOptions } from './configset/configset-out-options.js'
export { ConfigSetStateError } from './configset/configset-state-error.js'
export { InputFileError } from './configset/input-file-error.js'
export type { InputFilesOption } from './configset/input-files.js'
export { OutputFileError } from './configset/output-file-error.js'
export { OutputLockedError } from './configset/output-lock.js'
export type { OutputFilesOption } from './configset/output-targets.js'
export { ResumeError } from './configset/run-journal.js'
export { ExtxyzError, type ExtxyzRule, type ExtxyzWarning } from './extxyz/errors.js'
export { type IreadOptions, iread, read } from './extxyz/read.js'
export { type WriteOptions, write } from './extxyz/write.js'
export type { AutoparaInfo } from './iterable-loop/autopara-info.js'
export type { FailureRecord, OnError } from './iterable-loop/failures.js'
export { type IterableLoopOptions, iterableLoop } from './iterable-loop/iterable-loop.js'
export {
  formatSummary,
  type ProgressOption,
  progressSink,
} from './iterable-loop/progress.js'
export type { LoopSummary, ProgressSink, ProgressState, ReusedSummary } from './iterable-loop/progress-sink.js'
export { RerunError } from './iterable-loop/rerun-failed.js'
export { LoopSetupError, OpResultError } from './iterable-loop/run-op.js'
export { MpiError, type MpiErrorCode } from './mpi/errors.js'
export { type InitOptions, init } from './mpi/init.js'
export { MpiPool } from './mpi/mpi-pool.js'
export type { AbortLimits } from './operations/abort-checks.js'
export {
  BerendsenNPT,
  type BerendsenNPTOptions,
  BerendsenNVT,
  type BerendsenNVTOptions,
} from './operations/berendsen.js'
export type { CalculateOptions } from './operations/calculate.js'
export type { DescriptorSpec } from './operations/descriptors/compile.js'
export { type DescriptorOptions, descriptorLengths, descriptorOp } from './operations/descriptors/descriptor-op.js'
export { DescriptorError } from './operations/descriptors/environment.js'
export {
  type FarthestPoints,
  type FarthestPointsOptions,
  farthestPoints,
  type PointStream,
} from './operations/descriptors/farthest-points.js'
export { type SimilarityOptions, similarity } from './operations/descriptors/similarity.js'
export type { SoapSpec } from './operations/descriptors/soap-settings.js'
export type { SpeciesList } from './operations/descriptors/species.js'
export type { AcsfSpec, AngularFunction, RadialFunction } from './operations/descriptors/symmetry-settings.js'
export type { Integrator, IntegratorOptions } from './operations/integrator.js'
export { Langevin, type LangevinOptions, type NormalSource } from './operations/langevin.js'
export type { MdOptions, SelectAfter, SelectDuring } from './operations/md-options.js'
export type { MinimOptions } from './operations/minim-options.js'
export { OperationError } from './operations/operation-error.js'
export type { OptimizerName } from './operations/optimizers.js'
export type { PressureOption, RandomSource } from './operations/pressure.js'
export type { TemperatureOption, TemperatureRamp } from './operations/temperature-stages.js'
export { VelocityVerlet } from './operations/velocity-verlet.js'
export type { AsyncResult } from './pool/async-result.js'
export { cpuCount } from './pool/cpu-count.js'
export { InitializerError } from './pool/initializer-error.js'
export {
  type InitializerEntry,
  type InitializerPlugin,
  initializerNames,
  type SpawnSettings,
  type StartingWorker,
} from './pool/initializers.js'
export { type AsyncCallOptions, Pool } from './pool/pool.js'
export {
  EncodingError,
  InterruptedError,
  PoolNotRunningError,
  PoolRunningError,
  PoolTerminatedError,
  ResultNotReadyError,
  type TaskPlace,
  TaskTimeoutError,
  TimeoutError,
  WorkerLostError,
} from './pool/pool-errors.js'
export type { PoolEvents, PoolStats, WorkerStats } from './pool/pool-events.js'
export type { PoolIterator } from './pool/pool-iterator.js'
export type { CallOptions, PoolOptions } from './pool/pool-options.js'
export { RemoteError } from './pool/remote-error.js'
export { BootstrapError, TaskFunctionError } from './pool/task-errors.js'
export { inline, type TaskFunction, type TaskReference, task } from './pool/task-function.js'
export { type TaskContext, taskContext } from './pool/worker/task-context.js'
export { ReportError } from './report/report-error.js'
export { type WriteReportOptions, writeReport } from './report/write-report.js'
export { autoparallelize, type ParallelOperation } from './workflow/autoparallelize.js'
export { calculate } from './workflow/calculate.js'
export { descriptor } from './workflow/descriptor.js'
export { md } from './workflow/md.js'
export { minim } from './workflow/minim.js'
export { type SelectFarthestOptions, selectFarthest } from './workflow/select-farthest.js'
