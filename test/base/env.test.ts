import { afterEach, describe, expect, it, vi } from 'vitest'
import { envLibmpi, envMpiPool, envNpool, envProgress, envTrace, warnOfMisspeltVariables } from '../../lib/base/env.js'

afterEach(() => vi.unstubAllEnvs())

describe('environment', () => {
  it('warns once of what is probably a misspelt variable, and of no other', () => {
    const written: string[] = []
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    for (const name of [
      'WFL_AUTOPARA_NPOL',
      'AUTOPARA_PROGRES',
      'AUTOPARA_NPOOL',
      'AUTOPARA_TEST_MARK',
      'AUTOPARA_TRACE',
    ])
      vi.stubEnv(name, '2')
    warnOfMisspeltVariables()
    warnOfMisspeltVariables()
    write.mockRestore()
    expect(written.sort()).toEqual([
      'autopara: warning: AUTOPARA_NPOOL is no variable of autopara; did you mean WFL_AUTOPARA_NPOOL?\n',
      'autopara: warning: AUTOPARA_PROGRES is no variable of autopara; did you mean AUTOPARA_PROGRESS?\n',
      'autopara: warning: WFL_AUTOPARA_NPOL is no variable of autopara; did you mean WFL_AUTOPARA_NPOOL?\n',
    ])
  })

  it('counts an empty or blank variable as unset', () => {
    for (const value of ['', '  ']) {
      for (const name of [
        'WFL_AUTOPARA_NPOOL',
        'WFL_MPIPOOL',
        'AUTOPARA_LIBMPI',
        'AUTOPARA_PROGRESS',
        'AUTOPARA_TRACE',
      ]) {
        vi.stubEnv(name, value)
      }
      expect([envNpool(), envMpiPool(), envLibmpi(), envProgress(), envTrace()]).toEqual([
        undefined,
        false,
        undefined,
        undefined,
        undefined,
      ])
    }
  })

  it.each([
    ['0', 0],
    ['4', 4],
    [' 16 ', 16],
    ['+2', 2],
  ])('reads WFL_AUTOPARA_NPOOL=%j', (text, value) => {
    vi.stubEnv('WFL_AUTOPARA_NPOOL', text)
    expect(envNpool()).toBe(value)
  })

  it.each(['-1', 'two', '1.5', '0x10', '1e3'])('names the variable in the error for WFL_AUTOPARA_NPOOL=%j', (text) => {
    vi.stubEnv('WFL_AUTOPARA_NPOOL', text)
    expect(() => envNpool()).toThrow(
      expect.objectContaining({
        code: 'AUTOPARA_ENVIRONMENT',
        variable: 'WFL_AUTOPARA_NPOOL',
        message: expect.stringContaining(text),
      }),
    )
  })

  it('takes any value of WFL_MPIPOOL for yes, and only 0 and 1 for AUTOPARA_PROGRESS', () => {
    vi.stubEnv('WFL_MPIPOOL', '0')
    expect(envMpiPool()).toBe(true)
    vi.stubEnv('AUTOPARA_PROGRESS', '1')
    expect(envProgress()).toBe(true)
    vi.stubEnv('AUTOPARA_PROGRESS', '0')
    expect(envProgress()).toBe(false)
    vi.stubEnv('AUTOPARA_PROGRESS', 'yes')
    expect(() => envProgress()).toThrow('AUTOPARA_PROGRESS must be 0 or 1, got "yes"')
  })
})
