/**
 * Workers as child processes (`node:child_process`), each with two pipes of its own beside stdio and the IPC channel.
 *
 * Standard error always goes through this process, which keeps its last lines for errors.
 */
import { fork } from 'node:child_process'
import type { Backend, WorkerEvents, WorkerHandle, WorkerSettings } from '../backend.js'
import type { WorkerIdentity } from '../protocol.js'
import { ChildHandle, childStdio, WORKER_ENTRY } from './child-handle.js'

/** Starts workers with `child_process.fork`. */
export const forkBackend: Backend = {
  context: 'fork',
  start(identity: WorkerIdentity, settings: WorkerSettings, events: WorkerEvents): WorkerHandle {
    const child = fork(WORKER_ENTRY, [], {
      cwd: settings.cwd,
      env: settings.env as NodeJS.ProcessEnv,
      execArgv: [...settings.execArgv],
      serialization: 'advanced',
      stdio: childStdio(settings.stdio),
    })
    return new ChildHandle(child, identity, settings.stdio, events)
  },
}
