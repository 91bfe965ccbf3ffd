import { type AsyncResult, inline, type Pool, type PoolIterator, task } from 'autopara'
import { describe, expectTypeOf, it } from 'vitest'

const double = (x: number): number => 2 * x
const later = async (text: string): Promise<Date> => new Date(text)
const three = (a: number, b: string, c?: boolean): string => `${a}${b}${c}`

/** Never run: only looked at by the type checker. */
function calls(pool: Pool) {
  return {
    map: pool.map(double, [1]),
    mapLater: pool.map(later, new Set(['2000'])),
    apply: pool.apply(three, [1, 'b']),
    handle: pool.applyAsync(later, ['2000']),
    star: pool.starmap(three, [[1, 'b', true]]),
    stream: pool.imap(double, (async function* () {})()),
    unordered: pool.imapUnordered(later, ['2000']),
    settled: pool.mapSettled(double, [1]),
    referred: pool.map(task<typeof double>('x.js', 'double'), [1]),
    inlined: pool.map(
      inline((x: number) => `${x}`),
      [1],
    ),
    // @ts-expect-error items of the wrong type
    wrongItem: pool.map(double, ['a']),
    // @ts-expect-error an argument too few
    tooFew: pool.apply(three, [1]),
    // @ts-expect-error no such option
    wrongOption: pool.map(double, [1], { chunkSize: 1 }),
    // @ts-expect-error a call has no callback unless it is asynchronous
    wrongCallback: pool.map(double, [1], { callback() {} }),
  }
}

describe('the types of calls', () => {
  it('follow those of the function', () => {
    type Calls = ReturnType<typeof calls>
    expectTypeOf<Calls['map']>().toEqualTypeOf<Promise<number[]>>()
    expectTypeOf<Calls['mapLater']>().toEqualTypeOf<Promise<Date[]>>()
    expectTypeOf<Calls['apply']>().toEqualTypeOf<Promise<string>>()
    expectTypeOf<Calls['handle']>().toEqualTypeOf<AsyncResult<Date>>()
    expectTypeOf<Calls['star']>().toEqualTypeOf<Promise<string[]>>()
    expectTypeOf<Calls['stream']>().toEqualTypeOf<PoolIterator<number>>()
    expectTypeOf<Calls['unordered']>().toEqualTypeOf<PoolIterator<Date>>()
    expectTypeOf<Calls['settled']>().toEqualTypeOf<Promise<PromiseSettledResult<number>[]>>()
    expectTypeOf<Calls['referred']>().toEqualTypeOf<Promise<number[]>>()
    expectTypeOf<Calls['inlined']>().toEqualTypeOf<Promise<string[]>>()
    expectTypeOf<Pool>().toExtend<AsyncDisposable>()
    expectTypeOf(new Date()).toEqualTypeOf<Date>()
  })
})
