import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { LocalService } from '@gridclock/local-service';
import type { Row } from '../compare/row.ts';
import { spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { charges } from './charge-contenders.ts';
import { startGrid, startGridService } from './running-grid.ts';

/** 100 ticks per second, on every Linux. */
const TICKS_PER_S = 100;

/** 3 s: by then, a service that has started is idle. */
const SETTLE_MS = 3_000;

/** The processor time that a process has taken, in seconds. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which is in parentheses: the 12th and 13th fields are the user's and the system's ticks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}

const services = {
  charge_request_service: { LOAD_BALANCER_URL: 'http://127.0.0.1:9' },
  load_balancer: { SUBSTATIONS: 'substation_1=http://127.0.0.1:9' },
  substation_service: { SUBSTATION_ID: 'substation_1' },
} as const;

type ServiceName = keyof typeof services;

const names: readonly ServiceName[] = ['charge_request_service', 'load_balancer', 'substation_service'];

/** Starts a service alone: the seconds until it answers, and what it takes once it is idle. */
async function measureStart(name: ServiceName) {
  const begin = performance.now();
  const service = await startGridService(name, services[name]);
  try {
    while (!(await isHealthy(service))) await setTimeout(10);
    const seconds = (performance.now() - begin) / 1_000;
    await setTimeout(SETTLE_MS);
    return { seconds, cpu: await cpuSeconds(service.pid), memory: await residentMb(service.pid) };
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
      (await Promise.all(pids[name].map(cpuSeconds))).reduce((sum, seconds) => sum + seconds, 0);
    const samples: Record<ServiceName, number[]> = {
      charge_request_service: [],
      load_balancer: [],
      substation_service: [],
    };
    const load = { url: grid.entry.url, connections: 16, seconds: 4, requests: charges };
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
export const serviceCostsRow: Row = {
  kind: 'table',
  name: 'service-costs',
  title: 'Processor time, start and memory of the services',
  needs: ['wrk'],
  limit:
    'Half of the processor time of a start is the tsx loader, which compiles the sources, and 20 MB of the memory are its and the compiled files.',
  async measure(rounds) {
    const perCharge = await measureCharges(rounds);
    const rows: (string | number)[][] = [];
    for (const name of names) {
      const starts = [];
      for (let round = 0; round < rounds; round++) starts.push(await measureStart(name));
      const median = (values: number[]) => spreadOf(values).median;
      rows.push([
        name,
        perCharge[name],
        median(starts.map(({ seconds }) => seconds)),
        median(starts.map(({ cpu }) => cpu)),
        median(starts.map(({ memory }) => memory)),
      ]);
    }
    return {
      columns: ['service', 'CPU s per 1,000 charges', 'start, s', 'CPU s of a start', 'resident MB, idle'],
      rows,
      checks: [],
    };
  },
};
