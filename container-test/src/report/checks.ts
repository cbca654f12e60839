/** Runs named checks one after another, prints the result of each, and counts them. */
export type Checks = {
  /**
   * Runs one check unless the run was interrupted. The check fails by throwing; the text it resolves to is printed
   * after its name.
   *
   * @returns whether it passed, so that the caller can skip checks that depend on it
   */
  check: (name: string, body: () => Promise<string | undefined>) => Promise<boolean>;
  /** Runs a check even after an interruption, for restoring the engine's state. */
  cleanup: (name: string, body: () => Promise<string | undefined>) => Promise<boolean>;
  /** Aborts when the run is interrupted. */
  interrupted: AbortSignal;
  passed: () => number;
  failed: () => number;
};

export type ChecksOptions = {
  /** Prints one line. */
  print: (line: string) => void;
  /** The clock, in milliseconds. */
  now: () => number;
  interrupted: AbortSignal;
};

export function createChecks({ interrupted, now, print }: ChecksOptions): Checks {
  let passed = 0;
  let failed = 0;
  const run: Checks['check'] = async (name, body) => {
    const start = now();
    try {
      const detail = await body();
      passed += 1;
      const seconds = ((now() - start) / 1000).toFixed(1);
      print(`PASS  ${name} (${seconds} s)${detail === undefined ? '' : `: ${detail}`}`);
      return true;
    } catch (error) {
      failed += 1;
      print(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  };
  return {
    check: async (name, body) => !interrupted.aborted && run(name, body),
    cleanup: run,
    interrupted,
    passed: () => passed,
    failed: () => failed,
  };
}
