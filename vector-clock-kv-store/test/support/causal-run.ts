import fc from 'fast-check';
import { Replica } from '../../src/causality/replica.ts';
import { zeroClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';

/** One step of a run: a node makes a write, or receives a write of another node. */
type Step = { actor: number; writes: boolean; pick: number };

const names = ['a', 'b', 'c'];

/** The writes of an arbitrary run of three nodes that write and receive each other's writes. */
export const causalRuns: fc.Arbitrary<Write[]> = fc
  .array(fc.record<Step>({ actor: fc.nat(names.length - 1), writes: fc.boolean(), pick: fc.nat(1_000) }), {
    maxLength: 40,
  })
  .map((steps) => {
    const replicas = names.map((name) => new Replica(name, zeroClock, { writes: 1_000, bytes: 1e9 }));
    const made: Write[] = [];
    for (const { actor, writes, pick } of steps) {
      const replica = replicas[actor];
      const received = made[pick % Math.max(1, made.length)];
      if (replica === undefined) continue;
      if (writes || received === undefined) made.push(replica.write(`k${pick % 3}`, made.length));
      else if (received.sender !== names[actor]) replica.receive(received);
    }
    return made;
  });

/** A run's writes, `made`, and the order in which they arrive: each at least once, some twice. */
export const arrivals = causalRuns.chain((made) =>
  fc
    .tuple(fc.shuffledSubarray(made, { minLength: made.length }), fc.shuffledSubarray(made))
    .map(([order, again]) => ({ made, arriving: [...order, ...again] })),
);
