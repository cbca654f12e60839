import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dot, dotKey } from '../../src/causality/vector-clock.ts';
import { dotOf, type Write } from '../../src/causality/write.ts';
import { RejectedWrites, sendIsolating } from '../../src/replication/rejected-writes.ts';
import { causalRuns } from '../support/causal-run.ts';
import { InMemoryCluster } from '../support/in-memory-cluster.ts';

describe('sendIsolating', () => {
  it('sends exactly what neither is rejected nor depends on that', async () => {
    await fc.assert(
      fc.asyncProperty(causalRuns, fc.array(fc.nat(40), { maxLength: 3 }), async (made, picks) => {
        const bad = new Set(picks.flatMap((pick) => (made[pick] === undefined ? [] : [made[pick]])));
        const rejected = new RejectedWrites();
        const accepted: Write[] = [];
        await sendIsolating(
          made,
          async (writes) => {
            if (writes.some((write) => bad.has(write))) return 'too large';
            accepted.push(...writes);
            return undefined;
          },
          (dot, reason) => void rejected.add(dot, reason, 0),
          (write) => rejected.blocks(write),
        );
        const depends = (write: Write, on: Write) => (write.vc[on.sender] ?? 0) >= dotOf(on).counter;
        const expected = made.filter((write) => ![...bad].some((other) => depends(write, other)));
        expect(accepted).toEqual(expected);
      }),
    );
  });
});

describe('RejectedWrites', () => {
  const dot: Dot = { node: 'a', counter: 3 };

  it('retries ever more slowly, and calls the second rejection lasting', () => {
    const rejected = new RejectedWrites();
    expect(rejected.add(dot, 'too large', 0)).toBe(false);
    expect(rejected.lasting()).toEqual([]);
    expect(rejected.due(999)).toEqual([]);
    expect(rejected.due(1_000).map(dotKey)).toEqual([dotKey(dot)]);
    expect(rejected.add(dot, 'too large', 1_000)).toBe(true);
    expect(rejected.lasting()).toEqual([{ ...dot, reason: 'too large' }]);
    for (let attempt = 0; attempt < 10; attempt++) rejected.add(dot, 'too large', 0);
    expect(rejected.due(30_000)).toHaveLength(1);
  });

  it('forgets what the peer has by now', () => {
    const rejected = new RejectedWrites();
    rejected.add(dot, 'too large', 0);
    rejected.forget({ a: 2 });
    expect(rejected.due(1_000)).toHaveLength(1);
    rejected.forget({ a: 3 });
    expect(rejected.due(1_000)).toEqual([]);
  });
});

describe('a write that a peer rejects for good', () => {
  it('holds up only what depends on it, and arrives once the peer accepts it', async () => {
    const cluster = new InMemoryCluster(['a', 'b', 'c']);
    cluster.member('c').rejects = ({ key }) => key === 'bad';
    for (let n = 1; n <= 5; n++) await cluster.member('b').store.put(`b${n}`, n);
    await cluster.member('a').store.put('bad', 1);
    await cluster.member('a').store.put('after', 1);
    await cluster.time.advanceAsync(10_000);
    expect(cluster.member('c').store.clock).toEqual({ b: 5 });
    expect(cluster.member('a').replicator.rejected()).toMatchObject([{ peer: 'c', node: 'a', counter: 1 }]);
    cluster.member('c').rejects = () => false;
    await cluster.time.advanceAsync(60_000);
    expect(cluster.member('c').store.clock).toEqual({ a: 2, b: 5 });
    expect(cluster.member('a').replicator.rejected()).toEqual([]);
  });
});
