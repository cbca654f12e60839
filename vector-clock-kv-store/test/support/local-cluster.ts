import { NodeProcesses, type NodeProcessesOptions } from '../../src/verification/soak/node-processes.ts';

/** Plans three nodes as local processes; starts nothing. */
export function localCluster({ environment, ...options }: Omit<NodeProcessesOptions, 'count'> = {}) {
  // Long, so that on an overloaded machine no node gives up waiting for the others.
  return NodeProcesses.plan({ ...options, count: 3, environment: { PEER_WAIT_MS: '30000', ...environment } });
}
