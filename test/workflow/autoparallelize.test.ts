import { autoparallelize, ConfigSetIn, ConfigSetOut } from 'autopara'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { infoOf, memory, op } from '../iterable-loop/numbered.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('autoparallelize', () => {
  it('makes an operation over sets of one over lists', async () => {
    const shifted = autoparallelize<number>(op('shift'))
    const result = await shifted(memory(3), new ConfigSetOut(), 2)
    expect((await result.toArray()).map((atoms) => atoms.positions[0])).toEqual([2, 2, 2])
  })

  it('takes settings of the call over its own over the environment over what is built in', async () => {
    const chunks = async (operation: ReturnType<typeof autoparallelize<null>>, info?: object): Promise<unknown[]> =>
      infoOf(await operation(memory(4), new ConfigSetOut(), null, info), 'chunk')
    const isForked = async (operation: ReturnType<typeof autoparallelize<null>>, info?: object): Promise<boolean> =>
      (await infoOf(await operation(memory(1), new ConfigSetOut(), null, info), 'pid'))[0] !== process.pid
    const plain = autoparallelize<null>(op('signed'))
    const inTwos = autoparallelize<null>(op('signed'), { chunksize: 2, npool: 0 })
    expect(await chunks(plain)).toEqual([1, 1, 1, 1])
    expect(await chunks(inTwos)).toEqual([2, 2, 2, 2])
    expect(await chunks(inTwos, { chunksize: 4 })).toEqual([4, 4, 4, 4])
    expect(await chunks(inTwos, { chunksize: undefined })).toEqual([2, 2, 2, 2])
    expect(await isForked(plain)).toBe(false)
    vi.stubEnv('WFL_AUTOPARA_NPOOL', '1')
    expect(await isForked(plain)).toBe(true)
    expect(await isForked(inTwos)).toBe(false)
    expect(await isForked(inTwos, { npool: 1 })).toBe(true)
  })

  it('refuses wrong defaults at once, and what is no set when it is called', async () => {
    expect(() => autoparallelize(op('shift'), { chunkSize: 2 } as never)).toThrow(/did you mean `chunksize`/)
    const shifted = autoparallelize<number>(op('shift'))
    await expect(shifted([] as never, new ConfigSetOut(), 1)).rejects.toThrow(/`inputs` must be a ConfigSetIn/)
    await expect(shifted(new ConfigSetIn(), 'out.xyz' as never, 1)).rejects.toThrow(/`outputs` must be a ConfigSetOut/)
  })
})
