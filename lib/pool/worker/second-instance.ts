/**
 * Loads the program's main module in a worker, as far as it goes: to its end, or to the first thing of ours that it waits
 * for (see base/main-module.ts). Its exports are readable all the while (see main-hooks.ts).
 */
import module, { type LoadFnOutput } from 'node:module'
import { deferred } from '../../base/deferred.js'
import { loadingModule, secondInstanceUrl } from '../../base/main-module.js'
import { packageUrl } from '../../base/package-url.js'
import { accessKey, open, opened, readName } from './main-hooks.js'

/** A main module that is loaded, or stands still while loading. */
export interface SecondInstance {
  /** Its exports; reading one that has no value yet throws a ReferenceError. */
  readonly exports: Record<string, unknown>
  /** The value of a top-level name, exported or not; throws a ReferenceError if there is none (yet). */
  read(name: string): unknown
}

/** Node's synchronous hooks, which these types don't know yet. */
interface SyncHooks {
  registerHooks?(hooks: {
    load(url: string, context: object, nextLoad: (url: string, context: object) => LoadFnOutput): LoadFnOutput
  }): unknown
}

/** After a pool was made and nothing more was heard, the module counts as standing still: it may wait for an outer event. */
const quietTime = 2000

const instances = new Map<string, Promise<SecondInstance>>()
const namespaces = new Map<string, Record<string, unknown>>()
let hooked = false

/** Loads the module once; rejects with what it throws on the way. */
export function secondInstance(url: string): Promise<SecondInstance> {
  let instance = instances.get(url)
  if (instance === undefined) {
    instance = start(secondInstanceUrl(url))
    instances.set(url, instance)
  }
  return instance
}

async function start(given: string): Promise<SecondInstance> {
  // As the load hook will see it: a program may have been started through a symbolic link.
  const url = import.meta.resolve(given)
  hook(url)
  const still = deferred<void>()
  let timer: NodeJS.Timeout | undefined
  const reached = (what: 'pool' | 'call'): void => {
    if (what === 'call') setImmediate(still.resolve)
    else timer ??= setTimeout(still.resolve, quietTime)
  }
  const loaded = loadingModule({ reached }, () => import(url) as Promise<Record<string, unknown>>)
  const module = await Promise.race([loaded, still.promise]).finally(() => clearTimeout(timer))
  loaded.catch(() => {})
  const exports = namespaces.get(url) ?? module ?? {}
  return {
    exports,
    read(name) {
      const read = exports[readName]
      if (typeof read !== 'function') throw new ReferenceError(`${name} is not defined`)
      return read(name)
    },
  }
}

/** Lets the way in be added to the module `url` when it is loaded. */
function hook(url: string): void {
  const globals = globalThis as { [key: symbol]: unknown }
  globals[Symbol.for(accessKey)] = (from: string, namespace: Record<string, unknown>) => namespaces.set(from, namespace)
  const { registerHooks } = module as SyncHooks
  if (registerHooks === undefined) {
    module.register<string>(packageUrl('lib/pool/worker/main-hooks.js'), { data: url })
    return
  }
  open(url)
  if (!hooked) registerHooks({ load: (from, context, nextLoad) => opened(from, nextLoad(from, context)) })
  hooked = true
}
