import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { Table } from '../compare/row.ts';
import { spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { startStore } from './store-cluster.ts';
import { puts } from './workload.ts';

/** Writes per measurement. */
const WRITES = 200;

/** 10 ms between writes: the cluster is idle again. */
const PAUSE_MS = 10;

/** The connections that keep three nodes at about half of what they can take. */
const HALF_LOAD = 4;

const agent = new Agent({ keepAlive: true });

/** How long after its acknowledgement a write is readable at another node. */
export const visibilityRow: Table = {
  kind: 'table',
  name: 'visibility',
  title: 'Readable at a peer after the acknowledgement',
  needs: ['wrk'],
  limit:
    'One message to the peer and one flush of its disk; no timer is on the path. Under load, the message waits for the one before it.',
  async measure(rounds) {
    const cluster = await startStore(3);
    const [writer = '', reader = ''] = cluster.urls;
    try {
      await runWrk({ url: writer, connections: 16, seconds: 3, requests: puts });
      const figures = { get: [] as number[], idle: [] as number[], half: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        figures.get.push(percentile(await repeat(() => timed(() => read(reader, 'key-0001'))), 0.5));
        figures.idle.push(percentile(await repeat(() => visibleAfterMs(writer, reader)), 0.5));
        const load = runWrk({ url: writer, connections: HALF_LOAD, seconds: 6, requests: puts });
        figures.half.push(percentile(await repeat(() => visibleAfterMs(writer, reader)), 0.99));
        await load;
      }
      const over = spreadOf(figures.idle.map((ms, round) => ms - (figures.get[round] ?? Number.NaN)));
      const half = spreadOf(figures.half);
      const row = (name: string, values: number[]) => {
        const { highest, lowest, median } = spreadOf(values);
        return [name, median, lowest, highest];
      };
      return {
        columns: ['', 'median ms', 'lowest', 'highest'],
        rows: [
          row('a plain get, p50', figures.get),
          row('readable at a peer, idle, p50', figures.idle),
          row(`readable at a peer beside ${HALF_LOAD} writers, p99`, figures.half),
        ],
        checks: [
          { what: 'idle, over a plain get, p50', value: over.median, unit: 'ms', atMost: 1 },
          { what: 'at half load, p99', value: half.median, unit: 'ms', atMost: 10 },
        ],
      };
    } finally {
      await cluster.close();
      agent.destroy();
    }
  },
};

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

async function repeat(measure: () => Promise<number>): Promise<number[]> {
  const values = [];
  for (let index = 0; index < WRITES; index++) {
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
