import type { NodeObserver } from '../observe.ts';
import type { Property } from '../properties.ts';
import type { JudgedCluster } from './judged-cluster.ts';
import type { Fate } from './link-proxy.ts';

export type ClusterRun = Pick<NodeObserver, 'step' | 'check' | 'soon' | 'waitFor' | 'note' | 'violated'> & {
  cluster: JudgedCluster;
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
