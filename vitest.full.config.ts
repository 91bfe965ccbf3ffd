import { defineConfig, mergeConfig } from 'vitest/config'
import base, { long, withLong } from './vitest.config.js'

/** The long tests: what needs MPI, ASE, Slurm, Chromium, or minutes. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: ['**/node_modules/**'] } },
  defineConfig({
    test: {
      include: ['test/full/**/*.test.ts', ...(withLong ? [] : long)],
      testTimeout: 300_000,
      maxWorkers: 1,
      fileParallelism: false,
    },
  }),
)
