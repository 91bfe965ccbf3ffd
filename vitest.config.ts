import { defineConfig } from 'vitest/config'
import { builtLib } from './test/coverage/built-lib.js'

/** Set by test/coverage/run.mjs. */
const coverage = process.env['NODE_V8_COVERAGE'] !== undefined

/** Tests import the package by its name, that is the built `dist`: what is tested is what is shipped. */
export default defineConfig({
  plugins: coverage ? [builtLib()] : [],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/full/**', '**/node_modules/**'],
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
