import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/built.ts'],
    // Processes and not threads: tests change the environment, and look at what a process holds.
    pool: 'forks',
    // A process runs many files, so that each module is loaded, and each table built, once a process
    // and not once a file: less than half the work for the tests that are pure computation.
    // So no test may change for good what another reads; environment and spies are put back below.
    isolate: false,
    // Much of the time is waiting for sessions, which are child processes: no core is kept free.
    maxWorkers: '100%',
    // What one file replaced, the next must not see.
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globals: false,
  },
});
