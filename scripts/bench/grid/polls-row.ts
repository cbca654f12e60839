import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import type { Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { processorSeconds } from '../store/processes.ts';
import { routedCharges } from './charge-contenders.ts';
import { startGridService } from './running-grid.ts';

const SUBSTATIONS = 1_000;

/** The usual interval, and the longest one, at which polls hardly happen. */
const [OFTEN_MS, SELDOM_MS] = [1_000, 60_000];

/** 3 s: three rounds of polls. */
const IDLE_MS = 3_000;

/** Few enough that the balancer is not saturated: there, every further work delays all charges. */
const LOAD = { connections: 4, seconds: 3, requests: routedCharges };

/** A balancer that polls a thousand substations each second, against one that polls them seldom. */
export const pollsRow: Table = {
  kind: 'table',
  name: 'polls',
  title: 'Polling 1,000 substations each second',
  needs: ['wrk'],
  limit:
    'Each poll is an HTTP request of its own, on a connection that stays open. Jitter spreads the polls over the interval, so a charge waits for few of them.',
  async measure({ rounds }) {
    const server = startLocalService({
      name: 'substations',
      entryFile: fileURLToPath(new URL('many-substations.ts', import.meta.url)),
      port: await freePort(),
      environment: { COUNT: String(SUBSTATIONS) },
    });
    const balancers: LocalService[] = [];
    try {
      await server.ready();
      for (const interval of [OFTEN_MS, SELDOM_MS]) balancers.push(await startBalancer(server, interval));
      const [often, seldom] = balancers;
      if (often === undefined || seldom === undefined) throw new Error('no balancer');
      for (const { url } of balancers) await runWrk({ url, ...LOAD });
      const idle = { polls: [] as number[], core: [] as number[] };
      const p99 = { often: [] as number[], seldom: [] as number[] };
      const p50 = { often: [] as number[], seldom: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        const { core, polls } = await measurePolls(server, often);
        idle.polls.push(polls);
        idle.core.push(core);
        const [with_, without] = [
          await runWrk({ url: often.url, ...LOAD }),
          await runWrk({ url: seldom.url, ...LOAD }),
        ];
        p99.often.push(with_.p99Ms);
        p99.seldom.push(without.p99Ms);
        p50.often.push(with_.p50Ms);
        p50.seldom.push(without.p50Ms);
      }
      const median = (values: number[]) => spreadOf(values).median;
      const growth = spreadOf(p99.often.map((ms, round) => ms / (p99.seldom[round] ?? Number.NaN)));
      return {
        columns: ['', 'polls each second', 'polls each minute'],
        rows: [
          ['polls per second, idle', median(idle.polls), ''],
          ['share of a core, idle', median(idle.core), ''],
          [`p50 of a charge, ${LOAD.connections} connections, ms`, median(p50.often), median(p50.seldom)],
          [`p99 of a charge, ${LOAD.connections} connections, ms`, median(p99.often), median(p99.seldom)],
        ],
        checks: [
          {
            what: 'polls in the interval of a second',
            value: rounded(median(idle.polls) / SUBSTATIONS),
            unit: 'of those that are due',
            atLeast: 0.95,
          },
          { what: 'processor time of the polls', value: median(idle.core), unit: 'of a core', atMost: 1 },
          { what: 'p99 of charges', value: growth.median, unit: 'times that without polls', atMost: 2 },
        ],
      };
    } finally {
      await Promise.all([server, ...balancers].map((service) => service.stop()));
    }
  },
};

async function startBalancer(server: LocalService, intervalMs: number): Promise<LocalService> {
  const ports: number[] = await (await fetch(`${server.url}/ports`)).json();
  const balancer = await startGridService('load_balancer', {
    SUBSTATIONS: ports.map((port, index) => `s${index}=http://127.0.0.1:${port}`).join(','),
    POLL_INTERVAL_MS: String(intervalMs),
  });
  await balancer.ready();
  return balancer;
}

/** Counts the polls of a second, and the processor time that they take, while nothing else happens. */
async function measurePolls(server: LocalService, balancer: LocalService) {
  const count = async () => Number(await (await fetch(`${server.url}/polls`)).text());
  const [polls, seconds] = [await count(), await processorSeconds(balancer.pid)];
  const startedAt = performance.now();
  await setTimeout(IDLE_MS);
  const tookS = (performance.now() - startedAt) / 1_000;
  return {
    polls: ((await count()) - polls) / tookS,
    core: ((await processorSeconds(balancer.pid)) - seconds) / tookS,
  };
}
