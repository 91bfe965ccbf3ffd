/**
 * The parent's side of initializers: from `initializer` and `initargs` to what a worker runs before its first task.
 *
 *     option ─► checkInitializers ─► Initializers ─┬─ settingsFor(worker): env and flags, before each start, of the plug-ins'
 *                                                  │  `spawn` hooks, for which they are loaded here
 *                                                  └─ specs(): plain data ──wire──► worker/run-initializers.ts
 */

import type { CurrentWorker } from '../base/current-worker.js'
import { importFromMain } from '../base/import-from.js'
import { nearest, typeError } from '../base/options.js'
import { packageUrl } from '../base/package-url.js'
import { encodeValue } from './codec.js'
import { encodingError } from './encoding-path.js'
import { InitializerError } from './initializer-error.js'
import { type TaskFunction, TaskReference } from './task-function.js'
import { resolveTask, type TaskSpec } from './task-spec.js'

/** A function, a reference to one, or a name: a shipped one's, or any module specifier that the main module could import. */
export type InitializerTarget = TaskFunction<never[], unknown> | string

/** An initializer, alone or with its arguments. */
export type InitializerEntry = InitializerTarget | readonly [InitializerTarget, ...unknown[]]

/** Who is about to be started, as `spawn` of a plug-in sees it. */
export type StartingWorker = Pick<CurrentWorker, 'id' | 'generation' | 'serial' | 'name' | 'context'>

/** What a plug-in's `spawn` may ask for. */
export interface SpawnSettings {
  /** Variables of the worker's environment, over those of the pool. */
  readonly env?: Readonly<Record<string, string>>
  /** Flags of Node, behind those of the pool. */
  readonly execArgv?: readonly string[]
}

/** What a plug-in's `spawn` may add to. */
interface PoolSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly execArgv: readonly string[]
}

/** An initializer as it crosses the wire: plain data, as far as the arguments are. */
export interface InitializerSpec {
  /** How messages name it. */
  readonly label: string
  readonly target: PluginSpec | { readonly kind: 'task'; readonly task: TaskSpec }
  readonly args: readonly unknown[]
}

/** A plug-in module, by what can be imported from the main module. */
export interface PluginSpec {
  readonly kind: 'plugin'
  readonly specifier: string
}

/** What a plug-in module exports. */
export interface InitializerPlugin {
  /** Runs once in each worker, before its first task. */
  default?: (...args: unknown[]) => unknown
  /** Runs before a worker ends in order. */
  finalize?: () => unknown
  /** Asked in the parent before a worker starts. */
  spawn?: (worker: StartingWorker, ...args: unknown[]) => SpawnSettings | undefined | Promise<SpawnSettings | undefined>
}

/** The initializers that come with autopara. */
export const initializerNames: readonly string[] = [
  'heap-limit',
  'limit-threads',
  'log-file',
  'preload',
  'seed-random',
  'set-priority',
]

interface Checked {
  readonly target: InitializerTarget
  readonly label: string
  readonly args: readonly unknown[]
}

/**
 * Checks the options `initializer` and `initargs` (at once: wrong types are TypeErrors).
 *
 * An array is always a list of entries; `initargs` belong to a single function or name.
 */
export function checkInitializers(initializer: unknown, initargs: unknown): Initializers {
  const list = Array.isArray(initializer)
  if (initargs !== undefined && !Array.isArray(initargs)) throw typeError('initargs', 'an array', initargs)
  if (initializer === undefined || initializer === null) {
    if (initargs?.length) throw typeError('initializer', 'a function or a name, since there are initargs', initializer)
    return new Initializers([])
  }
  if (!list) return new Initializers([checked(initializer, initargs ?? [], 'initializer')])
  if (initargs?.length) {
    throw typeError('initargs', 'absent for a list of initializers (write [[initializer, ...args], …])', initargs)
  }
  return new Initializers(
    (initializer as unknown[]).map((entry, i) =>
      Array.isArray(entry)
        ? checked(entry[0], entry.slice(1), `initializer[${i}]`)
        : checked(entry, [], `initializer[${i}]`),
    ),
  )
}

function checked(target: unknown, args: readonly unknown[], name: string): Checked {
  if (typeof target === 'string' && target !== '') return { target, label: target, args }
  if (target instanceof TaskReference) return { target, label: String(target), args }
  if (typeof target !== 'function')
    throw typeError(name, 'a function, a name, task(…), inline(…), or a list of these', target)
  return { target: target as InitializerTarget, label: target.name || '(anonymous)', args }
}

/** The initializers of one pool. */
export class Initializers {
  readonly #entries: readonly Checked[]
  #plugins: readonly (InitializerPlugin | null)[] = []
  #prepared: Promise<void> | undefined
  #specs: Promise<InitializerSpec[]> | undefined

  constructor(entries: readonly Checked[]) {
    this.#entries = entries
  }

  /** True when {@link prepare} must be awaited before the first worker starts: a plug-in may say how to start it. */
  get hasPlugins(): boolean {
    return this.#entries.some(({ target }) => typeof target === 'string')
  }

  get length(): number {
    return this.#entries.length
  }

  /** Loads the plug-ins in this process. Rejects with {@link InitializerError}. */
  prepare(): Promise<void> {
    this.#prepared ??= Promise.all(
      this.#entries.map(({ target, label }) => (typeof target === 'string' ? loadPlugin(target, label) : null)),
    ).then((plugins) => {
      this.#plugins = plugins
    })
    return this.#prepared
  }

  /** What the plug-ins ask for the start of `worker`, merged (later ones win). After {@link prepare}. */
  async spawnSettings(worker: StartingWorker): Promise<Required<SpawnSettings>> {
    const env: Record<string, string> = {}
    const execArgv: string[] = []
    for (const [i, plugin] of this.#plugins.entries()) {
      const { label, args } = this.#entries[i] as Checked
      if (plugin?.spawn === undefined) continue
      const settings = await attempt(label, 'spawn', () => plugin.spawn?.(worker, ...args))
      Object.assign(env, settings?.env)
      execArgv.push(...(settings?.execArgv ?? []))
    }
    return { env, execArgv }
  }

  /** How `worker` is started: the pool's settings, and what the plug-ins ask for. Rejects with {@link InitializerError}. */
  async settingsFor<S extends PoolSettings>(worker: StartingWorker, settings: S): Promise<S> {
    await this.prepare()
    const { env, execArgv } = await this.spawnSettings(worker)
    return { ...settings, env: { ...settings.env, ...env }, execArgv: [...settings.execArgv, ...execArgv] }
  }

  /** What a worker needs to run them; bare functions are located. Rejects with {@link InitializerError}. */
  specs(): Promise<InitializerSpec[]> {
    this.#specs ??= Promise.all(this.#entries.map(specOf))
    return this.#specs
  }
}

/** The specifier that every process of the program can import. */
function specifierOf(name: string): string {
  return initializerNames.includes(name) ? packageUrl(`initializers/${name}.js`).href : name
}

async function loadPlugin(name: string, label: string): Promise<InitializerPlugin> {
  const specifier = specifierOf(name)
  const plugin: InitializerPlugin = await attempt(label, 'load', async () => {
    try {
      return await importFromMain(specifier)
    } catch (error) {
      if (/^[a-z-]+$/.test(name) && (error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') {
        const near = nearest(name, initializerNames)
        throw new Error(
          `no shipped initializer and no package ${JSON.stringify(name)}${near ? `; did you mean '${near}'?` : `; shipped are ${initializerNames.join(', ')}`}`,
          { cause: error },
        )
      }
      throw error
    }
  })
  if (typeof plugin.default !== 'function') {
    throw new InitializerError(label, `initializer ${label} must export a function as default (${specifier} does not)`)
  }
  return plugin
}

/** A default export is taken for a plug-in's, so that its `finalize` runs (its `spawn` is asked only if it is given by name). */
async function specOf({ target, label, args }: Checked): Promise<InitializerSpec> {
  await attempt(label, 'send arguments to', () => checkSendable(args))
  if (typeof target === 'string') return { label, target: { kind: 'plugin', specifier: specifierOf(target) }, args }
  const task = await attempt(label, 'locate', () => resolveTask(target))
  const plugin = task.kind === 'module' && task.name === 'default' && !task.secondInstance
  return { label, target: plugin ? { kind: 'plugin', specifier: task.url } : { kind: 'task', task }, args }
}

/** Here it is known whose arguments they are. */
function checkSendable(args: readonly unknown[]): void {
  try {
    encodeValue(args)
  } catch (reason) {
    throw encodingError('initargs', args, reason)
  }
}

type Step = 'load' | 'locate' | 'send arguments to' | 'spawn'

async function attempt<T>(label: string, what: Step, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    const where = what === 'spawn' ? `initializer ${label} failed in spawn` : `can't ${what} initializer ${label}`
    throw new InitializerError(label, `${where}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
