import { fromSources } from '../compare/programs.ts';
import type { Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { startStore } from '../store/store-cluster.ts';
import { puts } from '../store/workload.ts';
import { charges } from './charge-contenders.ts';
import { measureRequestCosts, warmUpRequests } from './request-costs.ts';
import { startGrid } from './running-grid.ts';
import { measureStart, type ServiceName, type Start } from './service-starts.ts';

const names: readonly ServiceName[] = [
  'charge_request_service',
  'load_balancer',
  'substation_service',
  'vector-clock-kv-store',
];

/** The median of several measurements, for each group of processes. */
async function measureRequests(
  url: string,
  requests: readonly WrkRequest[],
  groups: readonly (readonly number[])[],
  rounds: number,
): Promise<number[]> {
  await warmUpRequests(url, requests);
  const samples: number[][] = groups.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, seconds] of (await measureRequestCosts(url, requests, groups)).entries())
      samples[index]?.push(seconds);
  }
  return samples.map((values) => spreadOf(values).median);
}

/** The processor time of a thousand charges in each service of the grid, and of a thousand puts at a lone node. */
async function measureAllRequests(rounds: number): Promise<number[]> {
  const grid = await startGrid();
  const store = await startStore(1);
  try {
    const groups = [[grid.entry.pid], [grid.balancer.pid], grid.substations.map(({ pid }) => pid)];
    return [
      ...(await measureRequests(grid.entry.url, charges, groups, rounds)),
      ...(await measureRequests(store.urls[0] ?? '', puts, [store.nodes.map(({ pid }) => pid)], rounds)),
    ];
  } finally {
    await Promise.all([grid.close(), store.close()]);
  }
}

/** What each service costs: per request, to start, and idle. */
export const serviceCostsRow: Table = {
  kind: 'table',
  name: 'service-costs',
  title: 'Processor time, start and memory of each service, from bundles and from sources',
  needs: ['wrk'],
  limit:
    'A start from the sources compiles each of them, in the tsx loader, which stays in memory. A bundle is JavaScript already. A request is a charge; at the store, a durable put.',
  async measure({ rounds }) {
    const perRequest = await measureAllRequests(rounds);
    const rows: (string | number)[][] = [];
    const ratios: number[] = [];
    for (const [index, name] of names.entries()) {
      const [bundle, sources]: [Start[], Start[]] = [[], []];
      for (let round = 0; round < Math.ceil(rounds / 2); round++) {
        bundle.push(await measureStart(name));
        sources.push(await fromSources(() => measureStart(name)));
      }
      ratios.push(...bundle.map(({ cpuSeconds }, round) => cpuSeconds / (sources[round]?.cpuSeconds ?? 0)));
      const medians = (['seconds', 'cpuSeconds', 'memoryMb'] as const).flatMap((measure) =>
        [bundle, sources].map((starts) => spreadOf(starts.map((start) => start[measure])).median),
      );
      rows.push([name, perRequest[index] ?? Number.NaN, ...medians]);
    }
    return {
      columns: [
        'service',
        'CPU s per 1,000 requests',
        'start from the bundle, s',
        'from sources, s',
        'CPU s of a start from the bundle',
        'from sources',
        'resident MB, idle, from the bundle',
        'from sources',
      ],
      rows,
      checks: [
        {
          what: 'CPU of a start from the bundle',
          value: rounded(spreadOf(ratios).median),
          unit: 'times that from sources',
          atMost: 1,
        },
      ],
    };
  },
};
