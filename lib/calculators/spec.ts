/**
 * How a calculator is named, so that it can be built where it is used: once per worker, and kept there.
 *
 *     [LennardJones, [{ sigma: 3.4 }]]   ─┐
 *     'EMT'   './my-potential.js#Mine'    ├─ encodeCalculator ─► { calculator, args } ──wire──► resolveCalculator ─► object
 *     new EMT({ asapCutoff: true })      ─┘
 *
 * Shipped classes travel by name, an export named by text as a module reference, any other class or function as it is: the
 * pipeline sends functions.
 */
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serialize } from 'node:v8'
import { importFromMain } from '../base/import-from.js'
import type { ModuleRef } from '../base/module-ref.js'
import { describe, nearest, typeError } from '../base/options.js'
import { TaskReference } from '../pool/task-function.js'
import { AseCalculator } from './ase-calculator.js'
import { type Calculator, CalculatorError } from './calculator.js'
import { EMT } from './emt.js'
import { FileCalculator } from './file-calculator.js'
import { LennardJones } from './lennard-jones.js'
import { Morse } from './morse.js'

/** A class of calculators, or a function that makes one (or a promise of one). */
export type CalculatorFactory<A extends unknown[] = never[]> =
  | (new (
      ...args: A
    ) => Calculator)
  | ((...args: A) => Calculator | Promise<Calculator>)

/**
 * What a `calculator` option may be: `[Constructor, args]`; a name, 'EMT' or 'MODULE#EXPORT'; `[name, args]`; or an object
 * (for a run with workers it must be of a shipped class).
 */
export type CalculatorSpec =
  | Calculator
  | string
  | readonly [factory: Factory | string, args?: readonly unknown[]]
  | EncodedCalculator

/** A class or function, or a reference to one. */
type Factory = CalculatorFactory | ModuleRef | TaskReference<never[], unknown>

/** A calculator as what makes it: data, but for a class of the user's own. */
export interface EncodedCalculator {
  /** The name of a shipped class, where to find the export that makes it, or that class or function itself. */
  readonly calculator: string | Factory
  readonly args: readonly unknown[]
}

type AnyFactory = CalculatorFactory<unknown[]>

const SHIPPED: ReadonlyMap<string, AnyFactory> = new Map(
  Object.entries({ AseCalculator, EMT, FileCalculator, LennardJones, Morse }) as [string, AnyFactory][],
)

/** The names of the calculators that come with autopara. */
export const calculatorNames: readonly string[] = [...SHIPPED.keys()]

/** Built calculators, by what they were built from: the point of passing `[Constructor, args]`. */
const builtByFactory: WeakMap<AnyFactory, Map<string, Promise<Calculator>>> = new WeakMap()
/** What they were built from, by calculator. */
const origins: WeakMap<Calculator, EncodedCalculator> = new WeakMap()

/**
 * A calculator as what makes it, for a worker.
 *
 * @throws {OptionTypeError} for what is no calculator.
 * @throws {CalculatorError} for an unknown name, or an object that can't be built elsewhere.
 */
export function encodeCalculator(spec: CalculatorSpec): EncodedCalculator {
  if (isEncoded(spec)) return spec
  if (isCalculator(spec)) return origins.get(spec) ?? encodeInstance(spec)
  const [factory, args] = parts(spec)
  if (typeof factory === 'string') return { calculator: SHIPPED.has(factory) ? factory : moduleRef(factory), args }
  const name = [...SHIPPED].find(([, shipped]) => shipped === factory)?.[0]
  return { calculator: name ?? factory, args }
}

/**
 * The calculator of a spec. One that is given as a class or a name with arguments is built once and kept.
 *
 * @throws {CalculatorError} when it can't be built (`cause`: why).
 */
export async function resolveCalculator(spec: CalculatorSpec): Promise<Calculator> {
  if (isCalculator(spec)) return spec
  const encoded = encodeCalculator(spec)
  const { args } = encoded
  const factory = await factoryOf(encoded.calculator)
  const built = builtByFactory.get(factory) ?? new Map<string, Promise<Calculator>>()
  builtByFactory.set(factory, built)
  const key = serialize(args).toString('latin1')
  let calculator = built.get(key)
  if (!calculator) {
    calculator = construct(factory, args)
    built.set(key, calculator)
    calculator.then((made) => origins.set(made, encoded)).catch(() => {})
    // One that could not be built is tried again: its reason (a license server, a full disk) may pass.
    calculator.catch(() => built.delete(key))
  }
  return calculator
}

/** The calculator of a spec, built anew and not kept. @throws {CalculatorError} when it can't be built. */
export async function buildCalculator({ calculator, args }: EncodedCalculator): Promise<Calculator> {
  return construct(await factoryOf(calculator), args)
}

async function factoryOf(source: Factory | string): Promise<AnyFactory> {
  return typeof source === 'function' ? (source as AnyFactory) : load(source)
}

async function construct(factory: AnyFactory, args: readonly unknown[]): Promise<Calculator> {
  const isClass = typeof factory.prototype?.calculate === 'function' || /^class\b/.test(String(factory))
  let made: unknown
  try {
    made = isClass
      ? new (factory as new (...args: unknown[]) => Calculator)(...args)
      : await (factory as (...args: unknown[]) => unknown)(...args)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CalculatorError(factory.name, `The calculator ${factory.name} can't be built: ${why}`, { cause })
  }
  if (!isCalculator(made)) {
    throw new CalculatorError(
      factory.name,
      `${factory.name} made no calculator, but ${describe(made)}: it has no calculate()`,
    )
  }
  return made
}

async function load(source: Exclude<Factory, CalculatorFactory> | string): Promise<AnyFactory> {
  const shipped = typeof source === 'string' ? SHIPPED.get(source) : undefined
  if (shipped) return shipped
  const target = source instanceof TaskReference ? source.target : source
  if (typeof target === 'object' && 'source' in target) throw typeError('calculator', "a module's export", source)
  const { url, name } = typeof target === 'string' ? moduleRef(target) : target
  let exports: Record<string, unknown>
  try {
    exports = /^[a-z]{2,}:/.test(url) ? ((await import(url)) as Record<string, unknown>) : await importFromMain(url)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CalculatorError(name, `The calculator ${name} can't be loaded from ${url}: ${why}`, { cause })
  }
  const found = exports[name]
  if (typeof found !== 'function') {
    throw new CalculatorError(
      name,
      `${url} exports no class or function '${name}', but ${Object.keys(exports).join(', ')}`,
    )
  }
  return found as AnyFactory
}

/** 'MODULE#EXPORT': a path (from the current folder), a URL, or a package seen from the current folder. */
function moduleRef(text: string): ModuleRef {
  const at = text.lastIndexOf('#')
  if (at < 1) {
    const near = nearest(text, calculatorNames)
    const hint = near ? `; did you mean ${near}?` : ''
    throw new CalculatorError(
      text,
      `No calculator '${text}'${hint} (shipped: ${calculatorNames.join(', ')}; or MODULE#EXPORT)`,
    )
  }
  const [module, name] = [text.slice(0, at), text.slice(at + 1) || 'default']
  if (/^(?:file|data|node):/.test(module)) return { url: module, name }
  if (/^(?:\.{0,2}\/|[A-Za-z]:[\\/]|\.{1,2}\\)/.test(module) || /\.[cm]?[jt]s$/.test(module)) {
    return { url: pathToFileURL(resolve(module)).href, name }
  }
  try {
    const path = createRequire(join(process.cwd(), 'here.js')).resolve(module)
    return { url: path.startsWith('/') || /^[A-Za-z]:/.test(path) ? pathToFileURL(path).href : path, name }
  } catch {
    return { url: module, name }
  }
}

function parts(
  spec: string | readonly [Factory | string, (readonly unknown[])?],
): [Factory | string, readonly unknown[]] {
  if (typeof spec === 'string') return [spec, []]
  const [factory, args = []] = Array.isArray(spec) ? spec : [undefined]
  if (typeof factory !== 'string' && !isFactory(factory))
    throw typeError('calculator', 'a calculator, its name, or [Constructor, args]', spec)
  if (!Array.isArray(args)) throw typeError('calculator[1]', "an array, the constructor's arguments", args)
  return [factory, args]
}

function encodeInstance(calculator: Calculator & { parameters?: unknown }): EncodedCalculator {
  const name = [...SHIPPED].find(([, shipped]) => shipped === calculator.constructor)?.[0]
  if (name !== undefined) return { calculator: name, args: [calculator.parameters] }
  const made = calculator.constructor.name
  throw new CalculatorError(
    calculator.name,
    `This ${made} object can't go to a worker: pass [${made}, args], so that each worker builds its own`,
  )
}

function isCalculator(value: unknown): value is Calculator {
  return typeof value === 'object' && value !== null && typeof (value as Calculator).calculate === 'function'
}

function isFactory(value: unknown): value is Factory {
  return typeof value === 'function' || value instanceof TaskReference || isModuleRef(value)
}

function isModuleRef(value: unknown): value is ModuleRef {
  const { url, name } = (value ?? {}) as ModuleRef
  return typeof url === 'string' && typeof name === 'string'
}

function isEncoded(value: unknown): value is EncodedCalculator {
  const { calculator, args } = (value ?? {}) as EncodedCalculator
  return (typeof calculator === 'string' || isFactory(calculator)) && Array.isArray(args)
}
