/**
 * The load hook that lets a module be read while it is being evaluated: it appends a way in.
 *
 *     main module ─ source + (an export that reads any top-level name) + import of ↴
 *     data: module ─ evaluated before the main module's body: hands the namespace to `second-instance.ts`
 *
 * Appended, so that no place in the module moves (stack traces, coverage). Runs in the hooks thread on Node 20, so it
 * imports nothing.
 */
import type { InitializeHook, LoadFnOutput, LoadHook } from 'node:module'

/** The global that gets each namespace: `(url, namespace) => void`. */
export const accessKey = 'autopara.second-instance'

/** The export that reads a top-level name, exported or not. */
export const readName = '__autoparaRead'

const urls = new Set<string>()

/** Marks a module to be given a way in. */
export function open(url: string): void {
  urls.add(url)
}

/** For `module.register`: the data is the URL to open. */
export const initialize: InitializeHook<string> = async (url) => open(url)

/** For `module.register`. */
export const load: LoadHook = async (url, context, nextLoad) => opened(url, await nextLoad(url, context))

/** What a load gave, with the way in if `url` is to have one and is an ES module. */
export function opened(url: string, output: LoadFnOutput): LoadFnOutput {
  if (!urls.has(url) || !output.format?.startsWith('module') || output.source == null) return output
  const source = typeof output.source === 'string' ? output.source : new TextDecoder().decode(output.source)
  return { ...output, source: source + wayIn(url) }
}

function wayIn(url: string): string {
  const hand = `import * as module from ${JSON.stringify(url)};
globalThis[Symbol.for(${JSON.stringify(accessKey)})]?.(${JSON.stringify(url)}, module)`
  return `
;export function ${readName}() { return eval(arguments[0]) }
import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(hand)}`)}
`
}
