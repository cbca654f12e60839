import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { integerVariable, readEnvironment } from '@gridclock/service-kit';
import { z } from 'zod';

/** A service to run as a local process. */
export type PlannedService = {
  name: string;
  /** Its Prometheus job, as in the compose files. */
  job: string;
  /** Absolute path of the entry file. */
  entryFile: string;
  port: number;
  environment: Record<string, string>;
  /** The services that its live page may kill, pause and restart, where the runner offers that. */
  controls?: readonly string[];
};

const root = new URL('../../', import.meta.url);
const local = (port: number) => `http://127.0.0.1:${port}`;

/** The largest offset that keeps Prometheus, on the highest port (9090), in range. */
const MAX_PORT_OFFSET = 65_535 - 9_090;

/** Capacity in kW and processing time in seconds, as in Compose. */
const substations = [
  { capacity: 80, seconds: 8 },
  { capacity: 120, seconds: 10 },
  { capacity: 100, seconds: 12 },
];

/** Reads PORT_OFFSET, which shifts every port (default 0). @throws EnvironmentError if it is out of range */
export function readPortOffset(environment: Record<string, string | undefined>): number {
  const offset = integerVariable({ min: 0, max: MAX_PORT_OFFSET }).default(0);
  return readEnvironment(z.object({ PORT_OFFSET: offset }), environment).PORT_OFFSET;
}

/**
 * Lists the services of both systems, on their default ports.
 *
 * @param portOffset added to every port, so that two suites can run side by side
 * @param dataRoot parent of the data folders of nodes, substations and balancer; without it, data are in memory
 */
export function planSuite(portOffset: number, dataRoot?: string): PlannedService[] {
  const nodes = [1, 2, 3].map((number) => ({ name: `node${number}`, port: 5000 + number + portOffset }));
  const pool = substations.map(({ capacity, seconds }, index) => ({
    name: `substation_${index + 1}`,
    port: 8001 + index + portOffset,
    environment: { MAX_CAPACITY: String(capacity), CHARGE_PROCESSING_TIME: String(seconds) },
  }));
  const balancerPort = 8080 + portOffset;
  const dataOf = (name: string) => (dataRoot === undefined ? {} : { DATA_DIR: join(dataRoot, name) });
  return [
    ...nodes.map(({ name, port }) => ({
      name,
      job: 'vector_clock_kv_store',
      entryFile: fileURLToPath(new URL('vector-clock-kv-store/src/node.ts', root)),
      port,
      environment: {
        NODE_ID: name,
        PEERS: nodes.map((node) => `${node.name}=${local(node.port)}`).join(','),
        FAULTS: '1',
        TRACE: '1',
        ...dataOf(name),
        // Starting eight processes at once takes about ten seconds on two cores.
        PEER_WAIT_MS: '30000',
      },
      controls: nodes.map((node) => node.name),
    })),
    ...pool.map(({ name, port, environment }) => ({
      name,
      job: 'substation',
      entryFile: gridEntry('substation_service'),
      port,
      environment: { SUBSTATION_ID: name, ...environment, ...dataOf(name) },
    })),
    {
      name: 'load_balancer',
      job: 'load_balancer',
      entryFile: gridEntry('load_balancer'),
      port: balancerPort,
      environment: {
        SUBSTATIONS: pool.map(({ name, port }) => `${name}=${local(port)}`).join(','),
        ...dataOf('load_balancer'),
      },
    },
    {
      name: 'charge_request_service',
      job: 'charge_request_service',
      entryFile: gridEntry('charge_request_service'),
      port: 8000 + portOffset,
      environment: { LOAD_BALANCER_URL: local(balancerPort) },
      controls: pool.map(({ name }) => name),
    },
  ];
}

function gridEntry(service: string): string {
  return fileURLToPath(new URL(`smart-grid-load-balancer/${service}/main.ts`, root));
}
