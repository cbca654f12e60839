import { fileURLToPath } from 'node:url';
import {
  createTemporaryDirectory,
  freePort,
  type LocalService,
  startLocalService,
} from '@gridclock/local-service';

/** A system that runs as separate processes, and what its clients send. */
export type OverloadedSystem = {
  processes: readonly LocalService[];
  /** Clients send to these in turn. */
  urls: readonly string[];
  bodyOf: (index: number) => object;
  stop: () => Promise<void>;
};

/** Large enough for every session of a row; a vehicle charges for a few seconds. */
const CAPACITY_KW = 1_000_000;

const write = (index: number) => ({ key: `k${index % 5_000}`, value: index });

const entryFile = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The systems that the benchmark can overload: a lone node, three nodes, and the grid from its entry on. */
export const systems = {
  node: () => startStore(['node1']),
  cluster: () => startStore(['node1', 'node2', 'node3']),
  grid: startGrid,
} satisfies Record<string, () => Promise<OverloadedSystem>>;

/** Starts nodes with their data on disk. */
async function startStore(names: readonly string[]): Promise<OverloadedSystem> {
  const directory = await createTemporaryDirectory();
  const nodes = await Promise.all(names.map(async (name) => ({ name, port: await freePort() })));
  const processes = nodes.map(({ name, port }) =>
    startLocalService({
      name,
      entryFile: entryFile('vector-clock-kv-store/src/node.ts'),
      port,
      environment: {
        NODE_ID: name,
        DATA_DIR: `${directory.path}/${name}`,
        LOG_LEVEL: 'warn',
        PEERS: nodes
          .filter((peer) => peer.name !== name)
          .map((peer) => `${peer.name}=http://127.0.0.1:${peer.port}`)
          .join(','),
      },
    }),
  );
  return ready({
    processes,
    urls: processes.map(({ url }) => `${url}/put`),
    bodyOf: write,
    stop: async () => {
      await Promise.all(processes.map((node) => node.stop()));
      await directory.remove();
    },
  });
}

/** Starts three substations, the balancer and the public entry, without its rate limit. */
async function startGrid(): Promise<OverloadedSystem> {
  const start = async (name: string, folder: string, environment: Record<string, string>) =>
    startLocalService({
      name,
      entryFile: entryFile(`smart-grid-load-balancer/${folder}/main.ts`),
      port: await freePort(),
      environment: { LOG_LEVEL: 'warn', ...environment },
    });
  const ids = ['substation_1', 'substation_2', 'substation_3'];
  const substations = await Promise.all(
    ids.map((id) =>
      start(id, 'substation_service', {
        SUBSTATION_ID: id,
        MAX_CAPACITY: `${CAPACITY_KW}`,
        CHARGE_PROCESSING_TIME: '4',
      }),
    ),
  );
  const balancer = await start('load_balancer', 'load_balancer', {
    SUBSTATIONS: substations.map(({ name, url }) => `${name}=${url}`).join(','),
  });
  const entry = await start('charge_request_service', 'charge_request_service', {
    LOAD_BALANCER_URL: balancer.url,
    RATE_LIMIT_PER_S: '0',
  });
  const processes = [entry, balancer, ...substations];
  return ready({
    processes,
    urls: [`${entry.url}/charge`],
    bodyOf: (index) => ({ vehicle_id: `EV_${index}`, charge_amount: 1 }),
    stop: async () => void (await Promise.all(processes.map((service) => service.stop()))),
  });
}

async function ready(system: OverloadedSystem): Promise<OverloadedSystem> {
  try {
    await Promise.all(system.processes.map((service) => service.ready()));
    return system;
  } catch (error) {
    await system.stop();
    throw error;
  }
}
