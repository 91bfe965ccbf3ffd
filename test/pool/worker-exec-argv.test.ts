import { describe, expect, it } from 'vitest'
import { workerExecArgv } from '../../lib/pool/worker-exec-argv.js'

describe("a worker's Node flags", () => {
  it.each([
    [['--import', 'tsx']],
    [['--import=tsx', '--loader', './x.mjs', '-r', './setup.cjs']],
    [['--max-old-space-size=4096', '--stack-size=2000']],
    [['--permission', '--allow-fs-read=*', '--allow-child-process']],
    [['--conditions=development', '-C', 'test', '--no-warnings', '--enable-source-maps', '--experimental-strip-types']],
  ])('keep %j', (flags) => {
    expect(workerExecArgv(flags)).toEqual(flags)
  })

  it.each([
    [['--inspect']],
    [['--inspect=0.0.0.0:9229']],
    [['--inspect-brk']],
    [['--inspect-port', '0']],
    [['--test']],
    [['--test-reporter=spec']],
    [['--watch']],
    [['--watch-path', './lib']],
    [['-e', 'code']],
    [['--eval=code']],
    [['-p', 'code']],
    [['-pe', 'code']],
    [['--input-type=module']],
    [['--input-type', 'module']],
    [['--cpu-prof', '--cpu-prof-dir=x']],
    [['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', 'x']],
    [['--heap-prof']],
    [['-i']],
  ])('leave out %j, and nothing beside it', (flags) => {
    expect(workerExecArgv(['--import', 'a', ...flags, '--no-warnings'])).toEqual(['--import', 'a', '--no-warnings'])
  })

  it('are those of this process when none are given', () => {
    expect(workerExecArgv()).toEqual(workerExecArgv(process.execArgv))
  })
})
