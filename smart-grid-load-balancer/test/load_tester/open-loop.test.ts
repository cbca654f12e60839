import { SeededRandom } from '@gridclock/simulation-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { createGridClient } from '../../load_tester/grid-client.ts';
import { runOpenLoop } from '../../load_tester/traffic/open-loop.ts';
import { drawArrivals } from '../../workload/profiles.ts';
import { accepts, type Behaviour, hangs, type StubGrid, startStubGrid } from '../support/stub-grid.ts';

let stub: StubGrid | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

async function gridThat(behaviour: Behaviour, timeoutMs = 10_000) {
  stub = await startStubGrid(behaviour);
  return createGridClient({ chargeUrl: stub.url, balancerUrl: stub.url, timeoutMs });
}

const plan = { profile: 'sustained', rate: 50, durationMs: 500, seed: 1 } as const;

describe('an open loop', () => {
  it('sends every request of its plan, at its time', async () => {
    const { records } = await runOpenLoop({ ...plan, grid: await gridThat(accepts) });
    const starts = records.map(({ startedMs }) => startedMs).toSorted((a, b) => a - b);
    expect(starts).toEqual(drawArrivals(plan, new SeededRandom(plan.seed)));
    expect(records.every(({ outcome }) => outcome.kind === 'accepted')).toBe(true);
  });

  it('goes on sending while nothing is answered: a slow grid is not spared', async () => {
    const { records } = await runOpenLoop({ ...plan, grid: await gridThat(hangs, 3_000) });
    const planned = drawArrivals(plan, new SeededRandom(plan.seed)).length;
    expect(records).toHaveLength(planned);
    expect(stub?.received()).toBe(planned);
    expect(records.every(({ outcome }) => outcome.kind === 'failed')).toBe(true);
  });

  it('counts response times from the plan, also when this process was late to send', async () => {
    const late: Behaviour = (response, index, kw) => {
      if (index === 0) blockThisProcess(300);
      accepts(response, index, kw);
    };
    const { records } = await runOpenLoop({ ...plan, grid: await gridThat(late) });
    // Planned during the block, answered after it: the wait is theirs. A closed loop would not see it.
    const waited = records.filter(({ responseMs }) => responseMs > 100);
    expect(waited.length).toBeGreaterThan(3);
  });

  it('stops after the most requests', async () => {
    const { records } = await runOpenLoop({ ...plan, maxRequests: 3, grid: await gridThat(accepts) });
    expect(records).toHaveLength(3);
  });

  it('gives up what is under way when it is interrupted, and sends no more', async () => {
    const interrupted = new AbortController();
    const grid = await gridThat((_response, index) => {
      if (index === 1) interrupted.abort();
    });
    const { records } = await runOpenLoop({ ...plan, grid, interrupted: interrupted.signal });
    expect(records.length).toBeLessThan(drawArrivals(plan, new SeededRandom(plan.seed)).length);
    expect(records.every(({ outcome }) => outcome.kind === 'abandoned')).toBe(true);
  });
});

/** Keeps the only thread busy, as a long computation would. */
function blockThisProcess(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
