import type { Violation } from '../../history/verdict.ts';
import type { ProbeRun } from '../probes/probe.ts';
import type { Property } from '../properties.ts';
import type { JudgedCluster } from './judged-cluster.ts';
import type { Fate } from './link-proxy.ts';

export type ClusterRun = Pick<ProbeRun, 'step' | 'check' | 'soon' | 'note'> & {
  cluster: JudgedCluster;
  /** Reports the pattern that the recorded history contains. @throws ProbeFailure */
  violated: (violation: Violation) => void;
};

/** One experiment with a whole cluster. */
export type ClusterProbe = {
  property: Property;
  summary: string;
  /** The fate of messages; without it, all are passed on at once. */
  fateOf?: () => Fate;
  /** Whether nodes get data directories. */
  hasDisk?: boolean;
  run: (run: ClusterRun) => Promise<void>;
};
