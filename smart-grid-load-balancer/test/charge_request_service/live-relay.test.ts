import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { BalancerResult } from '../../charge_request_service/balancer-result.ts';
import { LiveRelay } from '../../charge_request_service/live-relay.ts';

/** Lets promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function createRelay(...results: (BalancerResult | Error)[]) {
  const scheduler = new VirtualClock();
  const asked: number[] = [];
  const relay = new LiveRelay({
    scheduler,
    read: async (since) => {
      asked.push(since);
      const result = results.shift() ?? grid();
      if (result instanceof Error) throw result;
      return result;
    },
  });
  const seen: string[] = [];
  const watch = () => relay.subscribe((event, data) => void seen.push(`${event} ${data}`));
  const pass = async (ms: number) => {
    scheduler.advance(ms);
    await settle();
  };
  return { asked, pass, seen, watch };
}

const grid = (...seqs: number[]): BalancerResult => ({
  status: 200,
  body: { decisions: seqs.map((seq) => ({ seq })) },
  retryAfter: undefined,
});

describe('LiveRelay', () => {
  it('asks the balancer once for all viewers, and for what is new', async () => {
    const { asked, pass, seen, watch } = createRelay(grid(4, 7));
    watch();
    watch();
    await settle();
    await pass(500);
    expect(asked).toEqual([0, 7]);
    expect(seen).toHaveLength(4);
  });

  it('asks nothing without viewers', async () => {
    const { asked, pass, watch } = createRelay();
    const end = watch();
    await settle();
    end();
    for (let tick = 0; tick < 5; tick += 1) await pass(500);
    expect(asked).toHaveLength(1);
  });

  it.each([
    [{ unreachable: true, mayHaveActed: false, reason: 'ECONNREFUSED' } as const, 'ECONNREFUSED'],
    [{ status: 404, body: {}, retryAfter: undefined }, 'it answered 404'],
    [new Error('unexpected'), 'it could not be asked'],
  ])('says that the balancer gives no figures, and asks again: %o', async (result, reason) => {
    const { pass, seen, watch } = createRelay(result);
    watch();
    await settle();
    expect(seen).toEqual([`unreachable {"reason":"${reason}"}`]);
    await pass(500);
    expect(seen[1]).toMatch(/^grid /);
  });
});
