/** Runs named checks one after another, says how each ended, and counts. */
export type Checks = {
  /**
   * Runs one check; it fails by throwing. What it returns is shown beside its name. Once the run is interrupted, no
   * further check begins.
   *
   * @returns whether it passed, so that a caller can leave out what builds upon it
   */
  check: (name: string, body: () => Promise<string | undefined>) => Promise<boolean>;
  /** As `check`, and in an interrupted run as well: for what leaves the engine as it was. */
  finish: (name: string, body: () => Promise<string | undefined>) => Promise<boolean>;
  /** Fires when the run is interrupted. */
  interrupted: AbortSignal;
  passed: () => number;
  failed: () => number;
};

export type ChecksOptions = {
  /** Gets the lines to show. */
  write: (line: string) => void;
  /** The clock, in milliseconds. */
  now: () => number;
  interrupted: AbortSignal;
};

export function createChecks({ interrupted, now, write }: ChecksOptions): Checks {
  let passed = 0;
  let failed = 0;
  const finish: Checks['finish'] = async (name, body) => {
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
  };
  return {
    check: async (name, body) => !interrupted.aborted && finish(name, body),
    finish,
    interrupted,
    passed: () => passed,
    failed: () => failed,
  };
}
