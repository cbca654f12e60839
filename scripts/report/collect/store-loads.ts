import { runClosedLoop } from '@gridclock/local-service';
import { z } from 'zod';
import { nearestRank } from '../../../smart-grid-load-balancer/load_tester/assessment/statistics.ts';
import { CausalClient } from '../../../vector-clock-kv-store/src/causal-client.ts';
import type { StoreRun } from '../run-data.ts';

/** 5 s for each load: long enough for two stable digits. */
const SECONDS = 5;

/** A value of 100 bytes, as in `npm run bench`. */
const VALUE = 'v'.repeat(100);

const keys = 1_000;

const loads: readonly { name: string; connections: number; body?: (index: number) => object }[] = [
  { name: 'put, one client', connections: 1, body: putBody },
  { name: 'put, 16 clients', connections: 16, body: putBody },
  { name: 'get, one client', connections: 1 },
  { name: 'get, 16 clients', connections: 16 },
];

function putBody(index: number): object {
  return { key: `load:${index % keys}`, value: VALUE };
}

/** Measures puts and gets in closed loops: each client sends its next request when it has a response. */
export async function measureLoads(urls: readonly string[]): Promise<StoreRun['loads']> {
  const measured: StoreRun['loads'] = [];
  for (const { name, connections, body } of loads) {
    const path = body === undefined ? `/get?key=load:${keys - 1}` : '/put';
    const result = await runClosedLoop({
      urls: urls.map((url) => `${url}${path}`),
      connections,
      durationMs: SECONDS * 1_000,
      settleMs: 1_000,
      ...(body === undefined ? {} : { bodyOf: body }),
    });
    const { goodput: perSecond, p50Ms, p99Ms, failed, statuses } = result;
    const refused = [...statuses].reduce((sum, [status, count]) => sum + (status < 400 ? 0 : count), 0);
    measured.push({ name, connections, seconds: SECONDS, perSecond, p50Ms, p99Ms, failed: failed + refused });
  }
  return measured;
}

const valueSchema = z.object({ value: z.unknown() });

/** Writes per measurement of visibility. */
const SAMPLES = 200;

/** Measures how long after its acknowledgement at one node a write can be read at another, and a read alone. */
export async function measureVisibility(writer: string, reader: string): Promise<StoreRun['visibility']> {
  const visible: number[] = [];
  const reads: number[] = [];
  const client = new CausalClient({ nodes: [writer, reader] });
  // Without a context: with one, the node itself would wait for the write.
  const read = async () => valueSchema.parse(await (await fetch(`${reader}/get?key=visible`)).json()).value;
  for (let sample = 0; sample < SAMPLES; sample++) {
    await client.put('visible', sample, { node: writer });
    const acknowledgedAt = performance.now();
    for (;;) {
      const askedAt = performance.now();
      const value = await read();
      reads.push(performance.now() - askedAt);
      if (value === sample) break;
    }
    visible.push(performance.now() - acknowledgedAt);
  }
  const ascending = (values: number[]) => values.sort((left, right) => left - right);
  return {
    samples: SAMPLES,
    p50Ms: nearestRank(ascending(visible), 0.5),
    p99Ms: nearestRank(visible, 0.99),
    readP50Ms: nearestRank(ascending(reads), 0.5),
  };
}
