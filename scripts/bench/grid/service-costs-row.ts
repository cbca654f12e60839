import { setTimeout } from 'node:timers/promises';
import type { LocalService } from '@gridclock/local-service';
import { fromSources } from '../compare/programs.ts';
import type { Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { memoryMb, processorSeconds } from '../store/processes.ts';
import { charges } from './charge-contenders.ts';
import { startGrid, startGridService } from './running-grid.ts';

/** 1 s: by then, a service that has started is idle. */
const SETTLE_MS = 1_000;

const services = {
  charge_request_service: { LOAD_BALANCER_URL: 'http://127.0.0.1:9' },
  load_balancer: { SUBSTATIONS: 'substation_1=http://127.0.0.1:9' },
  substation_service: { SUBSTATION_ID: 'substation_1' },
} as const;

type ServiceName = keyof typeof services;

const names: readonly ServiceName[] = ['charge_request_service', 'load_balancer', 'substation_service'];

/** What a start takes, and the memory once the service is idle. */
type Start = { seconds: number; cpu: number; memory: number };

/** Starts a service alone and measures it. */
async function measureStart(name: ServiceName): Promise<Start> {
  const begin = performance.now();
  const service = await startGridService(name, services[name]);
  try {
    while (!(await isHealthy(service))) await setTimeout(10);
    const seconds = (performance.now() - begin) / 1_000;
    await setTimeout(SETTLE_MS);
    return {
      seconds,
      cpu: await processorSeconds(service.pid),
      memory: (await memoryMb(service.pid)).resident,
    };
  } finally {
    await service.stop();
  }
}

function isHealthy({ url }: LocalService): Promise<boolean> {
  return fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The processor time of a thousand charges in each service, in seconds. */
async function measureCharges(rounds: number): Promise<Record<ServiceName, number>> {
  const grid = await startGrid();
  try {
    const pids: Record<ServiceName, number[]> = {
      charge_request_service: [grid.entry.pid],
      load_balancer: [grid.balancer.pid],
      substation_service: grid.substations.map(({ pid }) => pid),
    };
    const total = async (name: ServiceName) =>
      (await Promise.all(pids[name].map(processorSeconds))).reduce((sum, seconds) => sum + seconds, 0);
    const samples: Record<ServiceName, number[]> = {
      charge_request_service: [],
      load_balancer: [],
      substation_service: [],
    };
    const load = { url: grid.entry.url, connections: 16, seconds: 3, requests: charges };
    await runWrk(load);
    for (let round = 0; round < rounds; round++) {
      const before = await Promise.all(names.map(total));
      const { requests } = await runWrk(load);
      for (const [index, name] of names.entries())
        samples[name].push((((await total(name)) - (before[index] ?? 0)) * 1_000) / requests);
    }
    return {
      charge_request_service: spreadOf(samples.charge_request_service).median,
      load_balancer: spreadOf(samples.load_balancer).median,
      substation_service: spreadOf(samples.substation_service).median,
    };
  } finally {
    await grid.close();
  }
}

/** What each service of the grid costs: per charge, to start, and idle. */
export const serviceCostsRow: Table = {
  kind: 'table',
  name: 'service-costs',
  title: 'Processor time, start and memory of the services, from bundles and from sources',
  needs: ['wrk'],
  limit:
    'A start from the sources compiles each of them, in the tsx loader, which stays in memory. A bundle is one file of JavaScript; the images run bundles.',
  async measure({ rounds }) {
    const perCharge = await measureCharges(rounds);
    const rows: (string | number)[][] = [];
    const ratios: number[] = [];
    for (const name of names) {
      const [bundle, sources]: [Start[], Start[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        bundle.push(await measureStart(name));
        sources.push(await fromSources(() => measureStart(name)));
      }
      ratios.push(...bundle.map(({ cpu }, round) => cpu / (sources[round]?.cpu ?? Number.NaN)));
      const median = (starts: Start[], measure: keyof Start) =>
        spreadOf(starts.map((start) => start[measure])).median;
      const measures = ['seconds', 'cpu', 'memory'] as const;
      rows.push([
        name,
        perCharge[name],
        ...measures.flatMap((measure) => [median(bundle, measure), median(sources, measure)]),
      ]);
    }
    return {
      columns: [
        'service',
        'CPU s per 1,000 charges',
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
