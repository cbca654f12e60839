import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const tests = '**/test/**/*.test.ts';

/** Tests that start services as real processes. */
const processTests = '**/test/end-to-end/**/*.test.ts';

/** Long searches: hundreds of seeded runs in virtual time, or large generated histories. */
const simulationTests = '**/test/**/simulation/**/*.test.ts';

/** 15 s until a polled condition holds: a deadline for a busy machine, not a bound that a test asserts. */
const expect = { poll: { timeout: 15_000 } };

/** Tests compare plain text, also where a terminal or CI asks for colours. */
const env = { FORCE_COLOR: '0' };

export default defineConfig({
  test: {
    // Also on two cores, two files at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          env,
          expect,
          // A quarter of the CPU time: files share loaded modules. Tests restore what they replace.
          isolate: false,
          include: [tests],
          exclude: [...configDefaults.exclude, processTests, simulationTests],
          // Deadlines for a busy machine: a hundred requests of a generated test take 10 s at a load of 12.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Pure computation: a search takes about 10 s, several times that on a busy machine.
        test: {
          name: 'simulations',
          env,
          expect,
          include: [simulationTests],
          exclude: [...configDefaults.exclude, processTests],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'processes',
          env,
          expect,
          include: [processTests],
          globalSetup: 'test/support/bundle-programs.ts',
          // After the other projects, and one file more at a time: these tests wait for much of their time.
          maxWorkers: Math.max(3, availableParallelism()),
          sequence: { groupOrder: 1 },
          // Deadlines for a busy machine; a healthy run never waits this long.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
