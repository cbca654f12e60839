import type { ActiveFault } from '../workload/node-api.ts';

/** One node of the cluster that the scenarios run on. */
export type ClusterMember = { name: string; url: string };

/** A fault that a node shows. */
export type FoundFault = ActiveFault & { node: ClusterMember };
