import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Table } from '../compare/row.ts';
import { spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { flushMs } from './flush.ts';
import { startStore } from './store-cluster.ts';
import { puts } from './workload.ts';

/** Writes per measurement: enough for a p50. */
const WRITES = 150;

/** Under load: enough for a p99 that a few pauses of the machine do not decide. */
const WRITES_UNDER_LOAD = 500;

/** 500 writes take 6 s, more on a busy machine. */
const LOAD_SECONDS = 9;

/** 10 ms between writes: the cluster is idle again. */
const PAUSE_MS = 10;

/** Numbers of connections, of which one keeps three nodes at about half of what they can take. */
const LOADS = [1, 2, 4, 8, 16, 32];

const agent = new Agent({ keepAlive: true });

/** How long after its acknowledgement a write is readable at another node. */
export const visibilityRow: Table = {
  kind: 'table',
  name: 'visibility',
  title: 'Readable at a peer after the acknowledgement',
  needs: ['wrk'],
  limit:
    'One message to the peer, and the flush of its disk that makes the write durable there before it is visible; no timer is on the path. Under load, the three nodes, the writers and the reader wait for the cores that they share.',
  async measure({ rounds }) {
    const cluster = await startStore(3);
    const [writer = '', reader = ''] = cluster.urls;
    const load = (connections: number, seconds: number) =>
      runWrk({ url: writer, connections, seconds, requests: puts });
    try {
      await load(16, 2);
      const peak = (await load(64, 3)).perSecond;
      const half = await connectionsAtHalf(peak, load);
      const figures = {
        get: [] as number[],
        flush: [] as number[],
        idle: [] as number[],
        half: [] as number[],
      };
      const underLoad = async () => {
        const loading = load(half.connections, LOAD_SECONDS);
        const visible = await repeat(() => visibleAfterMs(writer, reader), WRITES_UNDER_LOAD);
        await loading;
        return percentile(visible, 0.99);
      };
      // Not measured: until Node.js has compiled what runs often, a node that has just started is slower.
      await underLoad();
      for (let round = 0; round < rounds; round++) {
        figures.get.push(percentile(await repeat(() => timed(() => read(reader, 'key-0001'))), 0.5));
        figures.flush.push(percentile(await flushMs(cluster.directory), 0.5));
        figures.idle.push(percentile(await repeat(() => visibleAfterMs(writer, reader)), 0.5));
        figures.half.push(await underLoad());
      }
      const over = spreadOf(figures.idle.map((ms, round) => ms - (figures.get[round] ?? Number.NaN)));
      const row = (name: string, values: number[]) => {
        const { highest, lowest, median } = spreadOf(values);
        return [name, median, lowest, highest];
      };
      const share = Math.round((100 * half.perSecond) / peak);
      const writers = `${half.connections} ${half.connections === 1 ? 'writer' : 'writers'}`;
      return {
        columns: ['', 'median ms', 'lowest', 'highest'],
        rows: [
          row('a plain get, p50', figures.get),
          row('flushing 4 KiB to the same disk (fdatasync), p50', figures.flush),
          row('readable at a peer, idle, p50', figures.idle),
          row(`readable at a peer beside ${writers} (${share} % of the most puts/s), p99`, figures.half),
        ],
        checks: [
          { what: 'idle, over a plain get, p50', value: over.median, unit: 'ms', atMost: 1 },
          { what: 'at half load, p99', value: spreadOf(figures.half).median, unit: 'ms', atMost: 10 },
        ],
      };
    } finally {
      await cluster.close();
      agent.destroy();
    }
  },
};

/** Finds the fewest connections that cause about half of the load. */
async function connectionsAtHalf(
  peak: number,
  load: (connections: number, seconds: number) => Promise<{ perSecond: number }>,
) {
  let nearest = { connections: 0, perSecond: 0 };
  for (const connections of LOADS) {
    const { perSecond } = await load(connections, 1);
    const isNearer = Math.abs(perSecond - peak / 2) < Math.abs(nearest.perSecond - peak / 2);
    if (isNearer) nearest = { connections, perSecond };
    if (perSecond > peak / 2) break;
  }
  return nearest;
}

let written = 0;

/** Writes at one node, and reads at another until the write is there. Returns the time since the acknowledgement. */
async function visibleAfterMs(writer: string, reader: string): Promise<number> {
  const value = `value ${++written}`;
  await send(writer, 'POST', '/put', JSON.stringify({ key: 'visible', value }));
  return timed(async () => {
    while ((await read(reader, 'visible')) !== value);
  });
}

async function read(url: string, key: string): Promise<unknown> {
  return JSON.parse(await send(url, 'GET', `/get?key=${key}`)).value;
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

async function repeat(measure: () => Promise<number>, times = WRITES): Promise<number[]> {
  const values = [];
  for (let index = 0; index < times; index++) {
    values.push(await measure());
    await setTimeout(PAUSE_MS);
  }
  return values;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
}

function send(url: string, method: string, path: string, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === '' ? {} : { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(`${url}${path}`, { agent, method, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      if (response.statusCode === 200) resolve(text);
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
    });
    sent.on('error', reject).end(body);
  });
}
