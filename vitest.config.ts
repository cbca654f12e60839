import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const tests = '**/test/**/*.test.ts';

/** Tests that start services as real processes. */
const processTests = '**/test/end-to-end/**/*.test.ts';

/** Long searches: hundreds of seeded runs in virtual time, or large generated histories. */
const simulationTests = '**/test/**/simulation/**/*.test.ts';

/** Tests compare plain text, also where a terminal or CI asks for colours. */
const env = { FORCE_COLOR: '0' };

export default defineConfig({
  test: {
    // Also on two cores, two files at a time: tests of processes mostly wait.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          env,
          // A quarter of the CPU time: files share loaded modules. Tests restore what they replace.
          isolate: false,
          include: [tests],
          exclude: [...configDefaults.exclude, processTests, simulationTests],
        },
      },
      {
        // Pure computation: a search takes about 10 s, several times that on a busy machine.
        test: {
          name: 'simulations',
          env,
          include: [simulationTests],
          exclude: [...configDefaults.exclude, processTests],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'processes',
          env,
          include: [processTests],
          // Deadlines for a busy machine; a healthy run never waits this long.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
