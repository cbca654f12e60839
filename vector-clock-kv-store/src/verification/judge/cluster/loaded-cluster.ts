import type { JudgedCluster } from './judged-cluster.ts';

/** A cluster that clients can use. */
export type LoadedCluster = Pick<JudgedCluster, 'ids' | 'client' | 'links' | 'crash' | 'restart'>;
