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
    server: { deps: { external: [/\/dist\//, /\/fixtures\//] } },
    coverage: { include: ['dist/**'] },
  },
})
