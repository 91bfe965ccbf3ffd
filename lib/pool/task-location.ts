/**
 * Where a function was written: the module's URL, and which of the module's top-level names hold it. By `node:inspector`.
 *
 * Quirks, each with a test:
 * - The debugger domain must be on to learn a script's URL, and `await` is ten times slower while it is. All is done in
 *   one synchronous stretch (an in-process session answers before `post` returns): about 25 ms at first, then 5.
 * - Names that no inner function uses and that are not exported stand in no scope object; such a function isn't found here
 *   by identity, and `captures` says whether its text alone makes it the same function.
 * - Absent in builds without an inspector and under the permission model: null then.
 */

import type { Session } from 'node:inspector'
import { pathToFileURL } from 'node:url'

/** What the inspector knows of a function. */
export interface TaskLocation {
  /** The URL of its script, as reported; a plain path is made a URL. Empty for code made at run time. */
  readonly url: string
  /** True when it stands in an ES module as Node loaded it (false: CommonJS, `vm`, a test runner's transform). */
  readonly esModule: boolean
  /** The top-level name of its module that holds this very function, if one was found. */
  readonly local: string | null
  /** True when it sees variables of a function or block around it. */
  readonly captures: boolean
}

interface Property {
  readonly name: string
  readonly value?: {
    readonly type?: string
    readonly objectId?: string
    readonly description?: string
    readonly value?: unknown
  }
}

interface Properties {
  readonly result: Property[]
  readonly internalProperties?: Property[]
}

/** Locates `func`, or gives null where there is no inspector. */
export async function locate(func: object): Promise<TaskLocation | null> {
  let session: Session
  try {
    const inspector = await import('node:inspector')
    session = new inspector.Session()
    session.connect()
  } catch {
    return null
  }
  try {
    return locateIn(session, func)
  } catch {
    return null
  } finally {
    session.disconnect()
  }
}

function locateIn(session: Session, func: object): TaskLocation | null {
  const urls = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
  ask(session, 'Debugger.enable')
  try {
    const id = remoteId(session, func)
    const internal = properties(session, id).internalProperties ?? []
    const place = internal.find(({ name }) => name === '[[FunctionLocation]]')?.value?.value as
      | { scriptId: string }
      | undefined
    const scopes = internal.find(({ name }) => name === '[[Scopes]]')?.value?.objectId
    if (place === undefined || scopes === undefined) return null
    const chain = properties(session, scopes).result.filter(({ name }) => /^\d+$/.test(name))
    const module = chain.findIndex(({ value }) => value?.description === 'Module')
    const outer = module === -1 ? undefined : chain[module]?.value?.objectId
    return {
      url: asUrl(urls.get(place.scriptId) ?? ''),
      esModule: module !== -1,
      local: outer === undefined ? null : nameOf(session, outer, id),
      captures: module > 0,
    }
  } finally {
    ask(session, 'Debugger.disable')
  }
}

/** The inspector's handle of a value of ours, passed by a global that stands for an instant. */
function remoteId(session: Session, func: object): string {
  const globals = globalThis as { __autoparaLocate?: object }
  globals.__autoparaLocate = func
  try {
    const { result } = ask(session, 'Runtime.evaluate', { expression: 'globalThis.__autoparaLocate' }) as {
      result: { objectId: string }
    }
    return result.objectId
  } finally {
    delete globals.__autoparaLocate
  }
}

/** The name in the scope object `scope` whose value is the function `id`. */
function nameOf(session: Session, scope: string, id: string): string | null {
  for (const { name, value } of properties(session, scope).result) {
    if (value?.type !== 'function' || value.objectId === undefined) continue
    const same = ask(session, 'Runtime.callFunctionOn', {
      functionDeclaration: 'function (other) { return this === other }',
      objectId: value.objectId,
      arguments: [{ objectId: id }],
    }) as { result: { value: boolean } }
    if (same.result.value) return name
  }
  return null
}

function properties(session: Session, objectId: string): Properties {
  return ask(session, 'Runtime.getProperties', { objectId, ownProperties: true }) as Properties
}

/** Asks an in-process session, which answers before `post` returns. */
function ask(session: Session, method: string, params: object = {}): unknown {
  let answer: unknown
  let failure: Error | null = null
  session.post(method, params, (error, result) => {
    failure = error
    answer = result
  })
  if (failure !== null) throw failure
  return answer
}

function asUrl(url: string): string {
  return url.startsWith('/') ? pathToFileURL(url).href : url
}
