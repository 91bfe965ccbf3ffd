import { defineConfig } from 'vitest/config'

/** The unit tests that import `lib` itself, not the built package: a mutant is what they see, and no process is started. */
export default defineConfig({
  test: {
    include: [
      'test/pool/{chunk,chunk-size,collector,recovery,scheduler}.test.ts',
      'test/extxyz/{frame-index,frame-scanner,kernel-calls,without-kernel/scanning}.test.ts',
    ],
    setupFiles: ['test/mutation/one-seed.ts'],
    testTimeout: 60_000,
  },
})
