import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../load_balancer/fleet/candidate.ts';
import { GridView } from '../../../load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../../../load_balancer/fleet/grid-view-options.ts';
import { createPolicy } from '../../../load_balancer/policies/index.ts';
import { routingOrder } from '../../../load_balancer/routing/routing-order.ts';

const POLL_MS = 1_000;
const half = () => 0.5;
const names = ['a', 'b', 'c', 'd', 'e'];

function createView(policyName: 'least-load' | 'least-utilization') {
  const policy = createPolicy(policyName);
  const cost = policy.cost ?? (() => Number.NaN);
  return { policy, cost, view: new GridView(gridViewOptions(POLL_MS, POLL_MS), cost) };
}

describe('the cheapest substation', () => {
  it('is the one with the lowest load where the request fits', () => {
    const { view } = createView('least-load');
    for (const id of names) view.add(id);
    for (const [index, id] of names.entries()) view.polled(id, { load: index * 10, capacity: 50 }, 0, 0);
    expect(view.cheapest(20, 'normal', 1, half)?.id).toBe('a');
    view.sent('a', 35, 1);
    expect(view.cheapest(20, 'normal', 1, half)?.id).toBe('b');
    expect(view.cheapest(60, 'normal', 1, half)).toBeUndefined();
  });

  it('leaves the reserve to high priority', () => {
    const { view } = createView('least-load');
    view.add('a');
    view.polled('a', { load: 60, capacity: 100, reserve: 30 }, 0, 0);
    expect(view.cheapest(20, 'normal', 1, half)).toBeUndefined();
    expect(view.cheapest(20, 'high', 1, half)?.id).toBe('a');
  });

  it('is never one that has been silent, is draining or was removed', () => {
    const { view } = createView('least-load');
    for (const id of names) {
      view.add(id);
      view.polled(id, { load: 0, capacity: 50 }, 0, 0);
    }
    view.polled('e', { load: 40, capacity: 50 }, 3_000, 3_000);
    expect(view.cheapest(5, 'normal', 3_500, half)?.id).toBe('e');
    view.draining('e', 3_500);
    expect(view.cheapest(5, 'normal', 3_500, half)).toBeUndefined();
    view.polled('a', { load: 0, capacity: 50 }, 3_600, 3_600);
    view.remove('a');
    expect(view.cheapest(5, 'normal', 3_600, half)).toBeUndefined();
  });

  it('is what the policy chooses from the list of all, after any events', () => {
    const event = fc.record({
      id: fc.constantFrom(...names),
      kind: fc.constantFrom(
        'polled',
        'polled',
        'polled',
        'sent',
        'refused',
        'failed',
        'chargeFailed',
        'draining',
        'remove',
        'add',
      ),
      load: fc.nat(60),
      life: fc.constantFrom(...Array<undefined>(9), 'x'),
      afterMs: fc.constantFrom(0, 10, 100, 900, 4_000),
    });
    const draws = fc.record({
      policyName: fc.constantFrom('least-load' as const, 'least-utilization' as const),
      events: fc.array(event, { maxLength: 60, size: 'max' }),
      amount: fc.integer({ min: 1, max: 60 }),
      priority: fc.constantFrom('normal' as const, 'high' as const),
    });
    let found = 0;
    fc.assert(
      fc.property(draws, ({ amount, events, policyName, priority }) => {
        const { cost, policy, view } = createView(policyName);
        for (const id of names) view.add(id);
        for (const id of names) view.polled(id, { load: 0, capacity: 60, reserve: 5 }, 0, 0);
        let now = 0;
        for (const { afterMs, id, kind, life, load } of events) {
          now += afterMs;
          if (kind === 'polled')
            view.polled(id, { load, capacity: 60, reserve: 5, ...(life && { life }) }, now, now);
          else if (kind === 'sent') view.accepted(view.sent(id, load, now), undefined, now);
          else if (kind === 'refused')
            view.refused(view.sent(id, load, now), { load: 60, capacity: 60 }, now);
          else if (kind === 'failed') view.failed(id, now);
          else if (kind === 'chargeFailed') view.chargeFailed(id, now, now);
          else view[kind](id, now);
          const chosen = view.cheapest(amount, priority, now, half);
          if (chosen === undefined) continue;
          found++;
          const all = view.candidates(priority, now);
          const [first] = routingOrder(all, amount, policy, half);
          expect(all).toContainEqual(chosen);
          expect(first && costOf(first, cost)).toEqual(costOf(chosen, cost));
        }
      }),
    );
    expect(found).toBeGreaterThan(300);
  });
});

/** A probe comes before all others, whatever it costs. */
function costOf(candidate: Candidate, cost: (candidate: Candidate) => number) {
  return { cost: cost(candidate), isProbe: candidate.isProbe ?? false };
}
