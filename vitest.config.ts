import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** One process for all unit suites: they share no state, and isolation would cost ten times the tests themselves. */
export default defineConfig({
  resolve: { conditions: ['@notary/source', 'node', 'default'] },
  ssr: { resolve: { conditions: ['@notary/source', 'node', 'default'] } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
    ],
    setupFiles: ['./test/fuzz/seed.ts'],
    pool: 'threads',
    // Files beside each other start servers and databases of their own: more of them than this gain nothing, whatever the machine has.
    maxWorkers: Math.max(1, Math.min(8, availableParallelism() - 1)),
    isolate: false,
    // For what hangs: tests of whole tools start dozens of processes, ten seconds' worth, and four times that where others work too.
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
