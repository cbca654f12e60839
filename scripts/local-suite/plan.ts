import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One service of the suite as a local process: what it is, where it listens, what it is told. */
export type PlannedService = {
  name: string;
  /** The Prometheus job it belongs to, as in the compose files. */
  job: string;
  /** The entry file, absolute. */
  entry: string;
  port: number;
  environment: Record<string, string>;
};

const root = new URL('../../', import.meta.url);
const local = (port: number) => `http://127.0.0.1:${port}`;

/** Capacity in kW and processing time in seconds, as in Compose. */
const substations = [
  { capacity: 80, seconds: 8 },
  { capacity: 120, seconds: 10 },
  { capacity: 100, seconds: 12 },
];

/**
 * Both systems on the contract's ports.
 *
 * @param portOffset added to every port, so that a second suite can run beside the first
 * @param dataRoot where the store's nodes keep their data, a folder each; in memory only when absent
 */
export function planSuite(portOffset: number, dataRoot?: string): PlannedService[] {
  const nodes = [1, 2, 3].map((number) => ({ name: `node${number}`, port: 5000 + number + portOffset }));
  const pool = substations.map(({ capacity, seconds }, index) => ({
    name: `substation_${index + 1}`,
    port: 8001 + index + portOffset,
    environment: { MAX_CAPACITY: String(capacity), CHARGE_PROCESSING_TIME: String(seconds) },
  }));
  const balancerPort = 8080 + portOffset;
  return [
    ...nodes.map(({ name, port }) => ({
      name,
      job: 'vector_clock_kv_store',
      entry: fileURLToPath(new URL('vector-clock-kv-store/src/node.ts', root)),
      port,
      environment: {
        NODE_ID: name,
        PEERS: nodes.map((node) => `${node.name}=${local(node.port)}`).join(','),
        FAULTS: '1',
        TRACE: '1',
        ...(dataRoot === undefined ? {} : { DATA_DIR: join(dataRoot, name) }),
        // All start together here, but eight processes on a slow machine take their time.
        PEER_WAIT_MS: '30000',
      },
    })),
    ...pool.map(({ name, port, environment }) => ({
      name,
      job: 'substation',
      entry: gridEntry('substation_service'),
      port,
      environment: { SUBSTATION_ID: name, ...environment },
    })),
    {
      name: 'load_balancer',
      job: 'load_balancer',
      entry: gridEntry('load_balancer'),
      port: balancerPort,
      environment: { SUBSTATIONS: pool.map(({ name, port }) => `${name}=${local(port)}`).join(',') },
    },
    {
      name: 'charge_request_service',
      job: 'charge_request_service',
      entry: gridEntry('charge_request_service'),
      port: 8000 + portOffset,
      environment: { LOAD_BALANCER_URL: local(balancerPort) },
    },
  ];
}

function gridEntry(service: string): string {
  return fileURLToPath(new URL(`smart-grid-load-balancer/${service}/main.ts`, root));
}
