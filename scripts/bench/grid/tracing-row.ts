import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Table } from '../compare/row.ts';
import { spreadOf } from '../compare/statistics.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { startStore } from '../store/store-cluster.ts';
import { puts } from '../store/workload.ts';
import { charges } from './charge-contenders.ts';
import { measureRequestCosts, warmUpRequests } from './request-costs.ts';
import { startGrid } from './running-grid.ts';

type Environment = Record<string, string>;
type System = { url: string; pids: number[]; close: () => Promise<unknown> };

/** What of the traces is recorded, and by which variables. */
const recorded: [string, (collector: string) => Environment][] = [
  ['none', () => ({})],
  ['all', (collector) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector })],
  [
    'one in a hundred',
    (collector) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    }),
  ],
];

async function openGrid(environment: Environment): Promise<System> {
  const { balancer, close, entry, substations } = await startGrid(environment);
  return { url: entry.url, pids: [entry, balancer, ...substations].map(({ pid }) => pid), close };
}

async function openStore(environment: Environment): Promise<System> {
  const { close, nodes, urls } = await startStore(3, environment);
  return { url: urls[0] ?? '', pids: nodes.map(({ pid }) => pid), close };
}

/** A collector that takes all spans and drops them. */
async function startCollector() {
  const server = createServer((request, response) => request.resume().on('end', () => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** Measures a system in each of the ways to record traces, in turn: µs of processor time per request. */
async function measureInTurn(
  open: (environment: Environment) => Promise<System>,
  requests: readonly WrkRequest[],
  collector: string,
  rounds: number,
): Promise<number[]> {
  const systems: System[] = [];
  try {
    for (const [, variables] of recorded) systems.push(await open(variables(collector)));
    for (const { url } of systems) await warmUpRequests(url, requests);
    const samples = systems.map((): number[] => []);
    for (let round = 0; round < rounds; round++)
      for (const [index, { pids, url }] of systems.entries()) {
        const [seconds = Number.NaN] = await measureRequestCosts(url, requests, [pids]);
        samples[index]?.push(seconds * 1_000);
      }
    return samples.map((values) => spreadOf(values).median);
  } finally {
    await Promise.all(systems.map(({ close }) => close()));
  }
}

/** What traces cost, in all services of a request together. */
export const tracingRow: Table = {
  kind: 'table',
  name: 'tracing',
  title: 'Processor time of requests with and without traces',
  needs: ['wrk'],
  limit:
    'Each span is an object with a context, attributes and two clock readings, and is encoded for the collector. A charge has five spans, a put up to ten. Node.js follows the context through every promise, also of what is not sampled.',
  async measure({ rounds }) {
    const collector = await startCollector();
    try {
      const charge = await measureInTurn(openGrid, charges, collector.url, rounds);
      const put = await measureInTurn(openStore, puts, collector.url, rounds);
      return {
        columns: ['traces', 'µs of a charge, in three services', 'µs of a put, in three nodes'],
        rows: recorded.map(([name], index) => [name, charge[index] ?? Number.NaN, put[index] ?? Number.NaN]),
        checks: [],
      };
    } finally {
      collector.close();
    }
  },
};
