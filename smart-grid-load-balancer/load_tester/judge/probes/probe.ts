import type { Exchange, Observer } from '@gridclock/judge-kit';
import type { Property } from '../properties.ts';
import type { BalancerBench, BalancerBenchOptions } from '../system/balancer-bench.ts';
import type { Charge } from '../system/charges.ts';
import type { EntryBench } from '../system/entry-bench.ts';
import type { GridBench } from '../system/grid-bench.ts';
import type { GridClient } from '../system/grid-client.ts';
import type { RunningGrid } from '../system/running-grid.ts';
import type { SubstationBench, SubstationBenchOptions } from '../system/substation-bench.ts';

/** What a probe needs. Everything that it starts is stopped when it ends. */
export type ProbeRun = Omit<Observer, 'check'> & {
  /** As an observer's, but an actual value that is missing is shown as nothing. */
  check: (condition: boolean, expectation: string, ...actual: [] | [actual: unknown]) => void;
  /** Starts a substation, alone. */
  substation: (options?: Omit<SubstationBenchOptions, 'command'>) => Promise<SubstationBench>;
  /** Starts a balancer in front of substations that the judge plays. What they receive is reported. */
  balancer: (
    options?: Pick<BalancerBenchOptions, 'count' | 'script' | 'hasDisk' | 'pollIntervalMs'>,
  ) => Promise<BalancerBench>;
  /** Starts an entry in front of a balancer that the judge plays. */
  entry: () => Promise<EntryBench>;
  /** Starts a whole grid. */
  grid: () => Promise<GridBench>;
  /** The grid that runs already. */
  running: RunningGrid;
  /** Returns a text that no other call returns. */
  unique: () => string;
  /** Sends a charge, and reports it with its response. @throws Error if there is no response in time */
  ask: (client: GridClient, charge: Charge, timeoutMs?: number) => Promise<Exchange>;
  /** Checks by a charge that a substation has some kilowatts left, whatever its metrics say. */
  hasRoom: (client: GridClient, kw: number) => Promise<void>;
  /** Checks by a charge that a substation has less than some kilowatts left, whatever its metrics say. */
  hasNoRoom: (client: GridClient, kw: number) => Promise<void>;
  /** As `ask`, but resolves to undefined if there is no response. */
  tryAsk: (client: GridClient, charge: Charge, timeoutMs?: number) => Promise<Exchange | undefined>;
};

/** What a probe judges. */
type Role = 'substation' | 'balancer' | 'entry' | 'grid' | 'running';

/** One experiment about one property. */
export type Probe = {
  property: Property;
  role: Role;
  /** What it does, in one sentence. */
  summary: string;
  /** Why it is wrong to fail, in plain sentences. */
  why: string;
  run: (run: ProbeRun) => Promise<void>;
};
