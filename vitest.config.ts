import { defineConfig } from 'vitest/config'
import { builtLib } from './test/coverage/built-lib.js'

/** Set by test/coverage/run.mjs. */
const coverage = process.env['NODE_V8_COVERAGE'] !== undefined

/** Tests that take as long as those of test/full, and so run with them, but need Node only. */
export const long: readonly string[] = [
  'calculators/cut-off-command',
  'operations/md-allocation',
  'pool/encode-memory',
  'reliability/chaos',
  'reliability/failing-disk',
  'reliability/hostile-wire',
  'reliability/kill-anywhere',
  'reliability/kill-at-each-call',
  'reliability/leaks',
  'reliability/tampered-files',
].map((name) => `test/${name}.test.ts`)

/** Where all of `lib` is to be run, or the figures of docs/reliability.md are written, they are no exception. */
export const withLong: boolean = coverage || 'SOAK' in process.env || 'AUTOPARA_WRITE_FIGURES' in process.env

/** Tests import the package by its name, that is the built `dist`: what is tested is what is shipped. */
export default defineConfig({
  plugins: coverage ? [builtLib()] : [],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/full/**', '**/node_modules/**', ...(withLong ? [] : long)],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: coverage ? ['test/coverage/take-coverage.ts'] : [],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Loops that draw their seed say so at their end: not in the middle of the test report.
    env: { AUTOPARA_PROGRESS: '0' },
    server: { deps: { external: [/\/(?:build|dist)\//, /\/fixtures\//] } },
  },
})
