import type { Cluster } from './cluster.ts';
import type { FoundFault } from './cluster-member.ts';

/** Describes a fault: "node1 → node3: hold, ends by itself in 52 s". */
export function formatFault({ node, peer, action, remaining_ms: remainingMs }: FoundFault): string {
  const end = remainingMs === undefined ? '' : `, ends by itself in ${Math.ceil(remainingMs / 1000)} s`;
  return `${node.name} → ${peer}: ${action}${end}`;
}

/**
 * Warns of faults that others have injected, or releases them.
 *
 * @param heal whether to release them
 */
export async function handleFoundFaults(
  cluster: Cluster,
  heal: boolean,
  print: (line: string) => void,
): Promise<void> {
  const found = await cluster.activeFaults();
  if (found.length === 0) return;
  for (const fault of found) {
    if (heal) await cluster.releaseLink(fault.node, fault.peer);
    print(`${heal ? 'released' : 'warning: active fault'}  ${formatFault(fault)}`);
  }
  if (!heal) print('warning: scenarios may wait or fail. To release these faults first, run with --heal.');
  print('');
}
