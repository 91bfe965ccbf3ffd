/**
 * Workers as workers of `node:cluster`: child processes like any other, whose servers share the listening sockets.
 *
 * `node:cluster` has one set of settings for the whole program. Its quirks, each with a test:
 * - `setupPrimary` merges into `cluster.settings`, which the next `fork` uses: ours are there for the moment of the fork only,
 *   then the program's own object is put back.
 * - Our workers are in `cluster.workers`, and the cluster's events tell of them: a program that counts its own there must
 *   look at `worker.process.spawnargs`.
 * - It exists in a primary only: a worker of a cluster can't have such a pool (one of another context it can).
 */
import type { Cluster, ClusterSettings } from 'node:cluster'
import { AutoparaError } from '../../base/errors.js'
import type { Backend, WorkerEvents, WorkerHandle, WorkerSettings } from '../backend.js'
import type { WorkerIdentity } from '../protocol.js'
import { ChildHandle, childStdio, WORKER_ENTRY } from './child-handle.js'

/** Starts workers with `cluster.fork`. */
export const clusterBackend: Backend = {
  context: 'cluster',
  start(identity: WorkerIdentity, settings: WorkerSettings, events: WorkerEvents): WorkerHandle {
    // Loaded only here: to load it already changes how this process's servers listen.
    const cluster = process.getBuiltinModule('node:cluster') as unknown as Cluster
    if (!cluster.isPrimary) {
      throw new AutoparaError(
        'AUTOPARA_CLUSTER_WORKER',
        "a worker of a cluster can't have a pool of context 'cluster'; leave out `context` there",
      )
    }
    const own = cluster.settings
    cluster.setupPrimary({
      exec: WORKER_ENTRY,
      args: [],
      execArgv: [...settings.execArgv],
      serialization: 'advanced',
      stdio: childStdio(settings.stdio),
      ...(settings.cwd === undefined ? {} : { cwd: settings.cwd }),
    })
    try {
      const worker = cluster.fork(settings.env)
      // It is the process's, which tells its handle too.
      worker.on('error', () => {})
      return new ChildHandle(worker.process, identity, settings.stdio, events)
    } finally {
      ;(cluster as { settings: ClusterSettings }).settings = own
    }
  },
}
