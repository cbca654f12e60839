import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createTemporaryDirectory,
  freePort,
  type LocalService,
  startLocalService,
} from '@gridclock/local-service';

const entryFile = fileURLToPath(new URL('../../../vector-clock-kv-store/src/node.ts', import.meta.url));

/** Nodes of the store that run as processes on this machine. */
export type StoreCluster = {
  urls: string[];
  nodes: LocalService[];
  directory: string;
  /** Starts a node again that has stopped. */
  restart: (index: number) => LocalService;
  close: () => Promise<void>;
};

/** Starts nodes that keep their data on disk. Resolves once all serve. */
export async function startStore(
  count: number,
  environment: Record<string, string> = {},
): Promise<StoreCluster> {
  const directory = await createTemporaryDirectory();
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()));
  const start = (index: number) =>
    startLocalService({
      name: `node${index + 1}`,
      entryFile,
      port: ports[index] ?? 0,
      environment: {
        NODE_ID: `node${index + 1}`,
        NODE_ENV: 'production',
        PEERS: ports
          .flatMap((peer, at) => (at === index ? [] : [`node${at + 1}=http://127.0.0.1:${peer}`]))
          .join(','),
        DATA_DIR: join(directory.path, `node${index + 1}`),
        LOG_LEVEL: 'warn',
        ...(count === 1 ? { FOUND_CLUSTER: 'true' } : {}),
        ...environment,
      },
    });
  const nodes = ports.map((_port, index) => start(index));
  const close = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await directory.remove();
  };
  try {
    await Promise.all(nodes.map((node) => node.ready()));
  } catch (error) {
    await close();
    throw error;
  }
  const restart = (index: number) => {
    const node = start(index);
    nodes[index] = node;
    return node;
  };
  return { urls: nodes.map(({ url }) => url), nodes, directory: directory.path, restart, close };
}
