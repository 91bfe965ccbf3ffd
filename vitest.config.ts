import { defineConfig } from 'vitest/config'

/** Tests import the package by its name, that is the built `dist`: what is tested is what is shipped. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/full/**'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Loops that draw their seed say so at their end: not in the middle of the test report.
    env: { AUTOPARA_PROGRESS: '0' },
    server: { deps: { external: [/\/dist\//, /\/fixtures\//] } },
    coverage: { include: ['dist/**'] },
  },
})
