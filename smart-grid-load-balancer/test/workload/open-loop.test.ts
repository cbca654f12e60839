import { sleep } from '@gridclock/service-kit/scheduler';
import { SeededRandom, VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { runOpenLoop } from '../../workload/open-loop.ts';
import { drawArrivals } from '../../workload/profiles.ts';
import { accepted, failed } from '../support/request-records.ts';
import { virtualGrid } from '../support/virtual-grid.ts';

const arrivals = { profile: 'sustained', rate: 50, durationMs: 500 } as const;
const planned = drawArrivals(arrivals, new SeededRandom(1));

/** Runs an open loop of half a second, and gives late responses three more seconds. */
async function openLoop(options: Partial<Parameters<typeof runOpenLoop>[0]>, clock = new VirtualClock()) {
  const grid = virtualGrid(() => accepted('substation_1'));
  const run = runOpenLoop({ ...arrivals, seed: 1, scheduler: clock, grid, ...options });
  await clock.advanceAsync(3_500);
  return run;
}

describe('an open loop', () => {
  it('sends every request at its planned time', async () => {
    const { records } = await openLoop({});
    const starts = records.map(({ startedMs }) => startedMs).toSorted((a, b) => a - b);
    expect(starts).toEqual(planned);
    expect(records.every(({ outcome }) => outcome.kind === 'accepted')).toBe(true);
  });

  it('keeps sending while no request gets a response: it does not spare a slow grid', async () => {
    const clock = new VirtualClock();
    const grid = virtualGrid(async () => {
      await sleep(clock, 3_000);
      return failed('no response within 3 s');
    });
    const { records } = await openLoop({ grid }, clock);
    expect(records).toHaveLength(planned.length);
    expect(grid.received()).toBe(planned.length);
    expect(records.every(({ outcome }) => outcome.kind === 'failed')).toBe(true);
  });

  it('measures response times from the plan, even when this process sends late', async () => {
    const clock = new VirtualClock();
    const grid = virtualGrid((index) => {
      // The process is busy: time passes, but nothing else runs.
      if (index === 0) clock.advance(300);
      return accepted('substation_1');
    });
    const { records } = await openLoop({ grid }, clock);
    // These were due while the process was busy. A closed loop would not see their delay.
    const delayed = records.filter(({ responseMs }) => responseMs > 100);
    expect(delayed.length).toBeGreaterThan(3);
  });

  it('stops after the maximum number of requests', async () => {
    const { records } = await openLoop({ maxRequests: 3 });
    expect(records).toHaveLength(3);
  });

  it('abandons the requests in flight when interrupted, and sends no others', async () => {
    const interruption = new AbortController();
    const grid = virtualGrid(async (index, _request, interrupted) => {
      if (index === 1) interruption.abort();
      await sleep(new VirtualClock(), Number.POSITIVE_INFINITY, interrupted);
      return { kind: 'abandoned' };
    });
    const { records } = await openLoop({ grid, interrupted: interruption.signal });
    expect(records.length).toBeLessThan(planned.length);
    expect(records.every(({ outcome }) => outcome.kind === 'abandoned')).toBe(true);
  });
});
