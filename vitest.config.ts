import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The runtime's native threads and abort handlers do not share a process well with each other.
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    globals: false,
  },
});
