import type { InjectedFault } from '@gridclock/simulation-kit';
import type { NodeApi } from '../workload/node-api.ts';

/** Called by a soak while it runs. */
export type SoakObserver = {
  /** All nodes serve at these URLs, by name. */
  onReady: (urls: ReadonlyMap<string, string>, api: NodeApi) => Promise<void>;
  onOperation: (succeeded: boolean, latencyMs: number) => void;
  onFaultBegan: (fault: InjectedFault) => void;
  onFaultEnded: (fault: InjectedFault) => void;
  /** The nodes have converged and still run. */
  onSettled: () => Promise<void>;
};
