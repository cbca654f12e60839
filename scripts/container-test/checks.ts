/** Runs named checks one after another, says how each ended, and counts. */
export type Checks = {
  /**
   * Runs one check; it fails by throwing. What it returns is shown beside its name.
   *
   * @returns whether it passed, so that a caller can leave out what builds upon it
   */
  check: (name: string, body: () => Promise<string | undefined>) => Promise<boolean>;
  passed: () => number;
  failed: () => number;
};

/**
 * @param write gets the lines to show
 * @param now the clock, in milliseconds
 */
export function createChecks(write: (line: string) => void, now: () => number): Checks {
  let passed = 0;
  let failed = 0;
  return {
    async check(name, body) {
      const start = now();
      try {
        const detail = await body();
        passed += 1;
        const seconds = ((now() - start) / 1000).toFixed(1);
        write(`PASS  ${name} (${seconds} s)${detail === undefined ? '' : `: ${detail}`}`);
        return true;
      } catch (error) {
        failed += 1;
        write(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      }
    },
    passed: () => passed,
    failed: () => failed,
  };
}
