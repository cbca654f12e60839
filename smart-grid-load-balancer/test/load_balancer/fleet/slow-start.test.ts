import { describe, expect, it } from 'vitest';
import { GridView } from '../../../load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../../../load_balancer/fleet/grid-view-options.ts';
import { SlowStart } from '../../../load_balancer/fleet/slow-start.ts';
import { createPolicy, policyNames } from '../../../load_balancer/policies/index.ts';
import { routingOrder } from '../../../load_balancer/routing/routing-order.ts';

const POLL_MS = 1_000;
const random = () => 0.5;

/** Two substations of 100 kW; `b` was ejected and has returned, empty, at 2 s. */
function createViewAfterReturn(): GridView {
  const view = new GridView(gridViewOptions(POLL_MS, POLL_MS));
  for (const id of ['a', 'b']) {
    view.add(id);
    view.polled(id, { load: 0, capacity: 100 }, 0, 0);
  }
  for (const _ of [1, 2]) view.failed('b', 500);
  view.polled('a', { load: 40, capacity: 100 }, 2_000, 2_000);
  view.polled('b', { load: 0, capacity: 100 }, 2_000, 2_000);
  return view;
}

describe('SlowStart', () => {
  it('lets the load grow steadily from where it was to the capacity', () => {
    const slowStart = new SlowStart(5_000, { total: 0 });
    expect(slowStart.limit(100, 0)).toBeUndefined();
    slowStart.begin(20, 1_000);
    expect([1_000, 3_500, 5_990].map((now) => slowStart.limit(100, now))).toEqual([20, 60, 99.84]);
    expect(slowStart.limit(100, 6_000)).toBeUndefined();
  });

  it('lets the share of the requests grow steadily, also if they need little power', () => {
    const requests = { total: 7 };
    const slowStart = new SlowStart(5_000, requests);
    slowStart.begin(0, 0);
    const shareIn = (fromMs: number, toMs: number) => {
      let own = 0;
      for (let now = fromMs; now < toMs; now += 10) {
        requests.total += 1;
        if (slowStart.limit(100, now) === Number.NEGATIVE_INFINITY) continue;
        slowStart.sent();
        own += 1;
      }
      return own / ((toMs - fromMs) / 10);
    };
    expect(shareIn(0, 500)).toBeLessThan(0.15);
    expect(shareIn(500, 1_500)).toBeLessThan(0.5);
    expect(shareIn(1_500, 4_500)).toBeGreaterThan(0.5);
  });
});

describe('a substation that returns', () => {
  it.each(policyNames)('gets at most what its ramp allows with %s', (name) => {
    const view = createViewAfterReturn();
    const policy = createPolicy(name);
    let toB = 0;
    // In the first second, 60 kW are asked for in steps of 3 kW.
    for (let now = 2_000; now < 3_000; now += 50) {
      const [chosen] = routingOrder(view.candidates('normal', now), 3, policy, random);
      if (chosen === undefined) throw new Error('no candidate');
      view.sent(chosen.id, 3, now);
      if (chosen.id === 'b') toB += 3;
      const allowed = (100 * (now - 2_000)) / 5_000;
      // Once `a` is full, `b` takes what fits nowhere else.
      if (view.describe('a', now)?.load !== 100) expect(toB).toBeLessThanOrEqual(allowed);
    }
  });

  it('is not given every request at once although it is the emptiest', () => {
    const view = createViewAfterReturn();
    const policy = createPolicy('least-load');
    const chosen: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const now = 2_500;
      const [candidate] = routingOrder(view.candidates('normal', now), 2, policy, random);
      if (candidate === undefined) break;
      view.sent(candidate.id, 2, now);
      chosen.push(candidate.id);
    }
    // Half a second after its return: a tenth of the requests, and one.
    expect(chosen.filter((id) => id === 'b')).toHaveLength(2);
    expect(chosen).toHaveLength(20);
  });

  it('still takes what fits nowhere else', () => {
    const view = createViewAfterReturn();
    const order = routingOrder(view.candidates('normal', 2_000), 90, createPolicy('least-load'), random);
    expect([...order].map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('is ramped up like any substation that joins a grid in service', () => {
    const view = createViewAfterReturn();
    view.polled('a', { load: 40, capacity: 100 }, 9_000, 9_000);
    view.add('c');
    view.polled('c', { load: 0, capacity: 100 }, 9_000, 9_000);
    const limits = view.candidates('normal', 10_000).map(({ id, rampLimit }) => [id, rampLimit]);
    expect(limits).toEqual(expect.arrayContaining([['c', 20]]));
  });
});
