import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages/*,vector-clock-kv-store,smart-grid-load-balancer,scripts}/test/**/*.test.ts'],
    // Deadlines for tests that start real processes; nothing waits this long when all is well.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
