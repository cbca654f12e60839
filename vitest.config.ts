import { defineConfig } from 'vitest/config';

const tests =
  '{packages/*,vector-clock-kv-store,smart-grid-load-balancer,container-test,deploy,deploy/*,scripts}/test';

/** Tests that start processes of their own. */
const processTests = `${tests}/end-to-end/**/*.test.ts`;

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: [`${tests}/**/*.test.ts`], exclude: [processTests] },
      },
      {
        test: {
          name: 'processes',
          include: [processTests],
          // Deadlines for a busy machine; a healthy run never waits this long.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
