import { fileURLToPath } from 'node:url';
import { type LocalService, startLocalService } from '@gridclock/local-service';

export const nodeEntry = fileURLToPath(new URL('../../node.ts', import.meta.url));

/** One process of a node. */
export type NodeProcessOptions = {
  name: string;
  /** The entry file of another release; this one's by default. */
  entryFile?: string | undefined;
  port: number;
  /** Every node's URL, by name. */
  peers: ReadonlyMap<string, string>;
  /** Without it, the node keeps its data in memory. */
  dataDir?: string | undefined;
  /** Set for a process whose address is another than its peers expect. */
  advertisedUrl?: string | undefined;
  environment: Record<string, string>;
  onLine: (line: string) => void;
};

/** Starts a node as a local process, with faults enabled. */
export function startNode(options: NodeProcessOptions): LocalService {
  const { name, entryFile = nodeEntry, port, peers, dataDir, advertisedUrl, environment, onLine } = options;
  return startLocalService({
    name,
    entryFile,
    port,
    environment: {
      NODE_ID: name,
      PEERS: [...peers].map(([peer, url]) => `${peer}=${url}`).join(','),
      FAULTS: '1',
      ...(dataDir === undefined ? {} : { DATA_DIR: dataDir }),
      ...(advertisedUrl === undefined ? {} : { ADVERTISE_URL: advertisedUrl }),
      ...environment,
    },
    onLine,
  });
}
