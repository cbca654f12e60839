import { freePort } from '@gridclock/local-service';
import { afterEach, describe, expect, it } from 'vitest';
import { summarize } from '../../load_tester/assessment/summary.ts';
import { createGridClient } from '../../load_tester/grid-client.ts';
import { type RushHourOptions, runRushHour } from '../../load_tester/traffic/rush-hour.ts';
import { runSimple } from '../../load_tester/traffic/simple.ts';
import type { RequestRecord } from '../../workload/outcome.ts';
import {
  accepts,
  type Behaviour,
  hangs,
  refuses,
  type StubGrid,
  startStubGrid,
  trickles,
} from '../support/stub-grid.ts';

let stub: StubGrid | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

async function gridThat(behaviour: Behaviour, timeoutMs = 10_000) {
  stub = await startStubGrid(behaviour);
  return createGridClient({ chargeUrl: stub.url, balancerUrl: stub.url, timeoutMs });
}

/** A rush hour that ends by its number of requests, far before its time; one per worker, so none pauses. */
const short = { seed: 1, workers: 8, durationMs: 50_000, maxRequests: 8 } satisfies Partial<RushHourOptions>;

const rushHour = async (options: RushHourOptions) => summarize(await runRushHour(options));

describe('a rush hour', () => {
  it('counts a 200 as accepted, a capacity 503 as rejected, and everything else as failed', async () => {
    const behaviours: Behaviour[] = [
      accepts,
      refuses,
      (response) => response.status(500).json({ error: 'Internal server error' }),
      (response) => response.status(503).json({ error: 'Load balancer unavailable' }),
      (response) => response.json({ status: 'accepted' }),
      (response) => response.socket?.destroy(),
      accepts,
      refuses,
    ];
    const grid = await gridThat((response, index, kw) => behaviours[index]?.(response, index, kw));
    const summary = await rushHour({ ...short, grid });
    expect(summary).toMatchObject({ total: 8, accepted: 2, rejected: 2, failed: 4, abandoned: 0 });
    expect(summary.failures.map(({ reason }) => reason).toSorted()).toEqual([
      'HTTP 200 without a valid acceptance: session_id: Invalid input: expected string, received undefined',
      'HTTP 500: Internal server error',
      'HTTP 503: Load balancer unavailable',
      'connection failed (ECONNRESET)',
    ]);
  });

  it('adds up what each substation accepted', async () => {
    const grid = await gridThat(accepts);
    const summary = await rushHour({ ...short, grid });
    expect(summary.substations.map(({ id, accepted }) => [id, accepted])).toEqual([
      ['substation_1', 4],
      ['substation_2', 4],
    ]);
    expect(summary.acceptedKw).toBe(summary.requestedKw);
  });

  it('sends the same vehicles for the same seed, whatever the answers', async () => {
    const sentWith = async (behaviour: Behaviour, seed: number) => {
      const records: RequestRecord[] = [];
      const observer = { requestEnded: (record: RequestRecord) => void records.push(record) };
      const grid = await gridThat(behaviour);
      await runRushHour({ ...short, seed, grid, observer });
      await stub?.close();
      return records.map(({ request }) => JSON.stringify(request)).toSorted();
    };
    const first = await sentWith(accepts, 1);
    expect(await sentWith(refuses, 1)).toEqual(first);
    expect(await sentWith(accepts, 2)).not.toEqual(first);
  });

  it('ends when its time is over', async () => {
    const grid = await gridThat(accepts);
    const summary = await rushHour({ grid, seed: 1, workers: 2, durationMs: 300 });
    expect(summary.total).toBeGreaterThanOrEqual(2);
    expect(summary.failed).toBe(0);
  });

  it.each([
    ['never answers', hangs],
    ['never comes to the end of an answer', trickles],
  ])('ends by itself when the grid %s: the requests time out and have failed', async (_, behaviour) => {
    const grid = await gridThat(behaviour, 200);
    const summary = await rushHour({ grid, seed: 1, workers: 3, durationMs: 50 });
    expect(summary).toMatchObject({
      total: 3,
      failed: 3,
      failures: [{ reason: 'no answer within 0.2 s', count: 3 }],
    });
  });

  it('counts refused connections as failed', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const grid = createGridClient({ chargeUrl: url, balancerUrl: url });
    const summary = await rushHour({ ...short, grid });
    expect(summary).toMatchObject({ total: 8, failures: [{ reason: 'connection refused', count: 8 }] });
  });

  it('gives up what is under way when it is interrupted, and sums up what ended', async () => {
    const interrupted = new AbortController();
    const grid = await gridThat((response, index, kw) => {
      if (index < 2) accepts(response, index, kw);
    });
    let ended = 0;
    const observer = {
      requestEnded: () => {
        ended += 1;
        if (ended === 2) interrupted.abort();
      },
    };
    const summary = await rushHour({ ...short, grid, observer, interrupted: interrupted.signal });
    expect(summary).toMatchObject({ total: 2, accepted: 2, failed: 0, abandoned: 6 });
  });

  it('samples the loads of the substations, and tells them at its end', async () => {
    const told: unknown[] = [];
    const grid = await gridThat(accepts);
    const observer = { loadsRead: (status: unknown) => void told.push(status) };
    const { samples } = await runRushHour({ grid, seed: 1, workers: 1, durationMs: 1_200, observer });
    expect(samples.length).toBeGreaterThanOrEqual(2);
    expect(samples.at(-1)?.loads).toEqual({ substation_1: 20, substation_2: 30.5 });
    expect(told).toHaveLength(1);
  });
});

describe('the simple test', () => {
  it('sends five requests that an idle grid has room for', async () => {
    const grid = await gridThat(accepts);
    const summary = summarize(await runSimple({ grid, seed: 1 }));
    expect(summary).toMatchObject({ total: 5, accepted: 5 });
    expect(summary.requestedKw).toBeLessThanOrEqual(5 * 22);
    expect(stub?.received()).toBe(5);
  });
});
