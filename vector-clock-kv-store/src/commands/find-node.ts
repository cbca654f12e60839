import { transportFailure } from '@gridclock/service-kit';
import type { ClusterMember } from '../verification/scenarios/cluster-member.ts';
import { type ActiveFault, type NodeApi, NodeResponseError } from '../verification/workload/node-api.ts';
import { CommandError } from './command-error.ts';

/** A node that responds. */
export type RespondingNode = ClusterMember & { status: string; faults: readonly ActiveFault[] };

/** The nodes that respond, in the order of their URLs, and a description of each that does not. */
export type FoundNodes = { responding: RespondingNode[]; silent: string[] };

/** Asks every URL for the name and the status of its node. */
export async function findNodes(api: NodeApi, urls: readonly string[]): Promise<FoundNodes> {
  const found: FoundNodes = { responding: [], silent: [] };
  const heartbeats = await Promise.allSettled(urls.map((url) => api.heartbeat(url)));
  for (const [index, result] of heartbeats.entries()) {
    const url = urls[index] ?? '';
    if (result.status === 'fulfilled') {
      const { name, node_id: id, status, faults = [] } = result.value;
      found.responding.push({ name: name ?? id, url, status, faults });
    } else found.silent.push(`${url} (${reasonOf(result.reason)})`);
  }
  return found;
}

/**
 * Returns the node of a name, or without one the first that serves clients.
 *
 * @throws CommandError naming the nodes that there are
 */
export function pickNode({ responding, silent }: FoundNodes, name: string | undefined): RespondingNode {
  if (responding.length === 0)
    throw new CommandError(
      `no node responds: ${silent.join(', ')}. Start the nodes (npm start), or set --nodes to their URLs.`,
    );
  const picked =
    name === undefined
      ? (responding.find(({ status }) => status === 'ok') ?? responding[0])
      : responding.find((node) => node.name === name);
  if (picked !== undefined) return picked;
  const others = silent.length === 0 ? '' : `; no response from ${silent.join(', ')}`;
  throw new CommandError(
    `there is no node ${name}; the nodes are ${responding.map((node) => node.name).join(', ')}${others}`,
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof NodeResponseError) return `status ${error.status}`;
  try {
    return transportFailure(error).reason;
  } catch {
    return 'not a node of this store';
  }
}
