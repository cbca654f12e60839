import type { Cluster } from './cluster.ts';

/** A demonstration of one guarantee of the store, step by step, on a running cluster. */
export type Scenario = {
  /** Its name on the command line. */
  name: string;
  /** The claim that it demonstrates, in one sentence. */
  summary: string;
  minimumNodes: number;
  /** Whether it injects link faults, which nodes allow only with FAULTS=1. */
  needsFaults: boolean;
  /** What the guarantee is good for, in one sentence. */
  meaning: string;
  /** Runs the scenario. Resolves to what it has seen, in one sentence; rejects when it fails. */
  run: (cluster: Cluster, reporter: Reporter) => Promise<string>;
};

/** Reports the progress of a scenario. */
export type Reporter = {
  /** Reports an action, with what it returned. */
  step: (text: string, result?: unknown) => void;
  /** Reports an expectation that was met. */
  passed: (expectation: string) => void;
  /** Reports the expectation as passed if `condition` holds; otherwise throws ScenarioFailure. */
  check: (condition: boolean, expectation: string, actual?: unknown) => void;
};
