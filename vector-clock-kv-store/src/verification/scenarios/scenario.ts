import type { Cluster } from './cluster.ts';

/** One thing the store promises, shown step by step on a running cluster. */
export type Scenario = {
  /** What it is called on the command line. */
  name: string;
  /** What it shows, in one sentence. */
  summary: string;
  minimumNodes: number;
  /** Whether it holds links, which nodes allow only with FAULTS=1. */
  needsFaults: boolean;
  /** Runs it; it fails by throwing. */
  run: (cluster: Cluster, tell: Narrator) => Promise<void>;
};

/** Tells a person what was sent and seen. */
export type Narrator = {
  /** Something was done. */
  did: (what: string, seen?: unknown) => void;
  /** Something that had to be so was found to be so. */
  held: (what: string) => void;
};

/** What had to be so was not. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';
}

/** Tells `what` when it is so, fails with `what` and `seen` when it is not. */
export function must(tell: Narrator, condition: boolean, what: string, seen?: unknown): void {
  if (!condition)
    throw new ScenarioFailure(`${what}: not so${seen === undefined ? '' : `, ${JSON.stringify(seen)}`}`);
  tell.held(what);
}
