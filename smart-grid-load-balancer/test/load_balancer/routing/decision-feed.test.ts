import type { IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import { describe, expect, it } from 'vitest';
import { DecisionFeed } from '../../../load_balancer/routing/decision-feed.ts';

const candidates = [
  { id: 's1', load: 10, capacity: 80 },
  { id: 's2', load: 119, capacity: 120 },
];

function request(index = 0): IdentifiedChargeRequest {
  return { vehicle_id: 'EV', charge_amount: 11, priority: 'normal', request_id: `r${index}` };
}

function createFeed() {
  const time = { now: 0 };
  const feed = new DecisionFeed({
    policyName: () => 'least-load',
    now: () => time.now,
    wallClock: () => 1_000 + time.now,
  });
  const place = (index = 0) => {
    const placed = request(index);
    let looked = 0;
    feed.considering(placed, () => {
      looked += 1;
      return candidates;
    });
    feed.asked(placed, ['s1']);
    feed.placed(placed, { kind: 'unavailable', hops: 1 });
    return looked;
  };
  return { feed, place, time };
}

describe('DecisionFeed', () => {
  it('only counts while nobody watches', () => {
    const { feed, place } = createFeed();
    expect(place()).toBe(0);
    expect(feed.since(0)).toEqual([]);
    expect(feed.outcomes).toEqual({ unavailable: 1 });
  });

  it('says what a watcher has not seen, without vehicle and request', () => {
    const { feed, place } = createFeed();
    feed.since(0);
    place();
    const [decision] = feed.since(0);
    expect(decision).toEqual({
      seq: 1_001,
      at: 1_000,
      amount: 11,
      priority: 'normal',
      outcome: 'unavailable',
      policy: 'least-load',
      candidates: [
        { id: 's1', load: 10, capacity: 80, fits: true },
        { id: 's2', load: 119, capacity: 120, fits: false },
      ],
      omitted: 0,
      asked: ['s1'],
    });
    expect(feed.since(1_001)).toEqual([]);
  });

  it('forgets its watcher, and what it kept, after some silent seconds', () => {
    const { feed, place, time } = createFeed();
    feed.since(0);
    place();
    time.now = 10_000;
    expect(place()).toBe(0);
    expect(feed.since(0)).toEqual([]);
  });

  it('keeps at most 64 KiB', () => {
    const { feed, place } = createFeed();
    feed.since(0);
    for (let index = 0; index < 2_000; index += 1) place(index);
    const kept = feed.since(0);
    expect(kept.at(-1)?.seq).toBe(3_000);
    expect(JSON.stringify(kept).length).toBeLessThan(66 * 1024);
  });
});
