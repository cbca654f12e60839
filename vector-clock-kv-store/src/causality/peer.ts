import type { NodeId } from './node-id.ts';

/** Another node of the cluster, and its base URL without a trailing slash. */
export type Peer = { id: NodeId; url: string };
