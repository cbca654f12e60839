import { freePort } from '@gridclock/local-service';
import { VirtualClock } from '@gridclock/simulation-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { summarize } from '../../load_tester/assessment/summary.ts';
import { type RushHourOptions, runRushHour } from '../../load_tester/traffic/rush-hour.ts';
import { runSimple } from '../../load_tester/traffic/simple.ts';
import { createHttpGridClient } from '../../workload/http-grid-client.ts';
import type { RequestRecord } from '../../workload/outcome.ts';
import { accepted } from '../support/request-records.ts';
import {
  accepts,
  type Behaviour,
  hangs,
  refuses,
  type StubGrid,
  startStubGrid,
  trickles,
} from '../support/stub-grid.ts';
import { virtualGrid } from '../support/virtual-grid.ts';

let stub: StubGrid | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

async function gridThat(behaviour: Behaviour, timeoutMs = 10_000) {
  stub = await startStubGrid(behaviour);
  return createHttpGridClient({ chargeUrl: stub.url, balancerUrl: stub.url, timeoutMs });
}

/** Eight requests over HTTP, one per worker, so that none pauses: the run ends although its clock never moves. */
const eightRequests = (grid: RushHourOptions['grid'], options: Partial<RushHourOptions> = {}) =>
  runRushHour({
    grid,
    scheduler: new VirtualClock(),
    seed: 1,
    workers: 8,
    durationMs: 50_000,
    maxRequests: 8,
    ...options,
  });

describe('a rush hour', () => {
  it('counts a 200 as accepted, a capacity 503 as rejected, and the rest as failed', async () => {
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
    const summary = summarize(await eightRequests(grid));
    expect(summary).toMatchObject({ total: 8, accepted: 2, rejected: 2, failed: 4, abandoned: 0 });
    expect(summary.failures.map(({ reason }) => reason).toSorted()).toEqual([
      'HTTP 200 without a valid acceptance: session_id: Invalid input: expected string, received undefined',
      'HTTP 500: Internal server error',
      'HTTP 503: Load balancer unavailable',
      'connection failed (ECONNRESET)',
    ]);
  });

  it('sums up what each substation accepted', async () => {
    const summary = summarize(await eightRequests(await gridThat(accepts)));
    expect(summary.substations.map(({ id, accepted }) => [id, accepted])).toEqual([
      ['substation_1', 4],
      ['substation_2', 4],
    ]);
    expect(summary.acceptedKw).toBe(summary.requestedKw);
  });

  it('sends the same vehicles for the same seed, whatever the responses', async () => {
    const sentWith = async (behaviour: Behaviour, seed: number) => {
      const records: RequestRecord[] = [];
      const observer = { onRequestEnded: (record: RequestRecord) => void records.push(record) };
      await eightRequests(await gridThat(behaviour), { seed, observer });
      await stub?.close();
      return records.map(({ request }) => JSON.stringify(request)).toSorted();
    };
    const first = await sentWith(accepts, 1);
    expect(await sentWith(refuses, 1)).toEqual(first);
    expect(await sentWith(accepts, 2)).not.toEqual(first);
  });

  it('ends when its time is up', async () => {
    const clock = new VirtualClock();
    const grid = virtualGrid((_index, { charge_amount }) => accepted('substation_1', charge_amount));
    const run = runRushHour({ grid, scheduler: clock, seed: 1, workers: 2, durationMs: 300 });
    await clock.advanceAsync(300);
    const { durationMs, ...summary } = summarize(await run);
    expect(durationMs).toBe(300);
    expect(summary.total).toBeGreaterThanOrEqual(2);
    expect(summary.failed).toBe(0);
  });

  it.each([
    ['never responds', hangs],
    ['never completes a response', trickles],
  ])('ends with timed-out requests when the grid %s', async (_, behaviour) => {
    const clock = new VirtualClock();
    const grid = await gridThat(behaviour, 50);
    const run = runRushHour({ grid, scheduler: clock, seed: 1, workers: 3, durationMs: 50 });
    clock.advance(50);
    expect(summarize(await run)).toMatchObject({
      total: 3,
      failed: 3,
      failures: [{ reason: 'no response within 0.05 s', count: 3 }],
    });
  });

  it('counts refused connections as failed', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const summary = summarize(
      await eightRequests(createHttpGridClient({ chargeUrl: url, balancerUrl: url })),
    );
    expect(summary).toMatchObject({ total: 8, failures: [{ reason: 'connection refused', count: 8 }] });
  });

  it('abandons the requests in flight when interrupted, and sums up the others', async () => {
    const interruption = new AbortController();
    const grid = await gridThat((response, index, kw) => {
      if (index < 2) accepts(response, index, kw);
    });
    let ended = 0;
    const observer = {
      onRequestEnded: () => {
        ended += 1;
        if (ended === 2) interruption.abort();
      },
    };
    const run = await eightRequests(grid, { observer, interrupted: interruption.signal });
    expect(summarize(run)).toMatchObject({ total: 2, accepted: 2, failed: 0, abandoned: 6 });
  });

  it("samples the substations' loads, and reports them at the end", async () => {
    const clock = new VirtualClock();
    const reported: unknown[] = [];
    const observer = { onLoads: (status: unknown) => void reported.push(status) };
    const grid = virtualGrid(() => accepted('substation_1'));
    const run = runRushHour({ grid, scheduler: clock, seed: 1, workers: 1, durationMs: 1_200, observer });
    await clock.advanceAsync(1_200);
    const { samples } = await run;
    expect(samples.length).toBeGreaterThanOrEqual(2);
    expect(samples.at(-1)?.loads).toEqual({ substation_1: 20, substation_2: 30.5 });
    expect(reported).toHaveLength(1);
  });
});

describe('the simple test', () => {
  it('sends five requests that an idle grid has room for', async () => {
    const grid = await gridThat(accepts);
    const summary = summarize(await runSimple({ grid, scheduler: new VirtualClock(), seed: 1 }));
    expect(summary).toMatchObject({ total: 5, accepted: 5 });
    expect(summary.requestedKw).toBeLessThanOrEqual(5 * 22);
    expect(stub?.received()).toBe(5);
  });
});
