import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replica } from '../../src/causality/replica.ts';
import { RETIRED_KEY, Retirements, retirementIn, retirementValue } from '../../src/causality/retirements.ts';
import { compare, descends, type VectorClock, zeroClock } from '../../src/causality/vector-clock.ts';
import { type Version, withWrite } from '../../src/causality/versions.ts';
import { dotOf, type Write } from '../../src/causality/write.ts';

/** `b` retires `a~1`, of which it has 3 writes, with its second write. */
const retirement: Write = {
  sender: 'b',
  key: RETIRED_KEY,
  value: retirementValue(['a~1']),
  vc: { 'a~1': 3, b: 2 },
};

const retired = Retirements.none.withWrites([retirement]);

describe('Retirements', () => {
  it('omits an entry from clocks that count its retirement, and adds it again', () => {
    expect(retired.compact({ 'a~1': 3, b: 2, c: 1 })).toEqual({ b: 2, c: 1 });
    expect(retired.expand({ b: 2, c: 1 })).toEqual({ 'a~1': 3, b: 2, c: 1 });
  });

  it('keeps the entry in clocks that do not count the retirement', () => {
    expect(retired.compact({ 'a~1': 3, b: 1 })).toEqual({ 'a~1': 3, b: 1 });
    expect(retired.expand({ b: 1 })).toEqual({ b: 1 });
  });

  it('shows an entry again if a later write of the retired id turns up', () => {
    expect(retired.compact({ 'a~1': 4, b: 2 })).toEqual({ 'a~1': 4, b: 2 });
    expect(retired.includes({ b: 2 }, { node: 'a~1', counter: 3 })).toBe(true);
    expect(retired.includes({ b: 2 }, { node: 'a~1', counter: 4 })).toBe(false);
  });

  it('follows a chain: the sender of a retirement is retired later', () => {
    const next = { sender: 'c', key: RETIRED_KEY, value: retirementValue(['b']), vc: { b: 2, c: 1 } };
    const both = retired.withWrites([next]);
    expect(both.compact({ 'a~1': 3, b: 2, c: 1 })).toEqual({ c: 1 });
    expect(both.expand({ c: 1 })).toEqual({ 'a~1': 3, b: 2, c: 1 });
    expect(both.size).toBe(2);
  });

  it('takes the final counters from the clock of the retirement, not from its value', () => {
    const forged = { ...retirement, value: retirementValue(['a~1', 'b', 'unknown']) };
    expect(retirementIn(forged)?.finals).toEqual({ 'a~1': 3 });
    for (const value of [null, 7, {}, { ids: 'a~1' }, { ids: [4] }])
      expect(retirementIn({ ...retirement, value })).toBeUndefined();
    expect(retirementIn({ ...retirement, key: 'x' })).toBeUndefined();
  });

  it('changes nothing when a retirement is added twice', () => {
    expect(retired.withWrites([retirement])).toBe(retired);
  });
});

const names = ['a', 'b', 'c', 'd'];

type Step = { actor: number; action: 'write' | 'receive' | 'retire'; pick: number };

const runs = fc.array(
  fc.record<Step>({
    actor: fc.nat(names.length - 1),
    action: fc.constantFrom('write', 'receive', 'receive', 'receive', 'retire'),
    pick: fc.nat(1_000),
  }),
  { maxLength: 120, size: 'max' },
);

/** A node: its replica, what it has delivered, and the versions of its keys. */
class Node {
  readonly replica: Replica;
  readonly delivered: Write[] = [];
  /** What each write and each message made visible. */
  readonly batches: Write[][] = [];
  readonly versions = new Map<string, readonly Version[]>();
  retired = Retirements.none;
  readonly #retires: boolean;

  constructor(id: string, retires: boolean) {
    this.#retires = retires;
    this.replica = new Replica(id, zeroClock, { writes: 1_000, bytes: 1e9 }, () => this.retired);
  }

  write(key: string, value: object | number): Write {
    const write = this.replica.write(key, value);
    this.#apply([write]);
    return write;
  }

  receive(write: Write): void {
    const receipt = this.replica.receive(write);
    if (receipt.status === 'applied') this.#apply(receipt.delivered);
  }

  #apply(writes: readonly Write[]): void {
    this.delivered.push(...writes);
    this.batches.push([...writes]);
    if (this.#retires) this.retired = this.retired.withWrites(writes);
    for (const write of writes) {
      const before = this.versions.get(write.key) ?? [];
      this.versions.set(write.key, withWrite(before, write, this.retired));
    }
  }
}

/** Runs steps. Any node retires any other ids at any time, also ids that are in use. */
function run(steps: readonly Step[], retires: boolean): { nodes: Node[]; made: Write[] } {
  const nodes = names.map((name) => new Node(name, retires));
  const made: Write[] = [];
  for (const { actor, action, pick } of steps) {
    const node = nodes[actor];
    const message = made[pick % Math.max(1, made.length)];
    if (action === 'retire') {
      const ids = names.filter((_, index) => index !== actor && (pick >> index) % 2 === 1);
      const write = node?.write(RETIRED_KEY, retirementValue(ids));
      if (write !== undefined) made.push(write);
    } else if (action === 'write' || message === undefined) {
      const write = node?.write(`k${pick % 3}`, made.length);
      if (write !== undefined) made.push(write);
    } else if (message.sender !== names[actor]) node?.receive(message);
  }
  return { nodes, made };
}

function dots(writes: readonly Write[]): string[] {
  return writes.map((write) => JSON.stringify(dotOf(write)));
}

/** The causal past of each write of a run without retirement, by dot. */
function pastsIn(made: readonly Write[]): ReadonlyMap<string, VectorClock> {
  return new Map(made.map((write) => [JSON.stringify(dotOf(write)), write.vc]));
}

describe('replicas that retire ids at any time, also ids in use', () => {
  it('deliver the same writes at the same time as replicas that retire none, in causal order', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const plain = run(steps, false);
        const retiring = run(steps, true);
        const pasts = pastsIn(plain.made);
        for (const [index, node] of retiring.nodes.entries()) {
          // Concurrent writes that one message releases may come in another order.
          expect(node.batches.map((batch) => dots(batch).sort())).toEqual(
            plain.nodes[index]?.batches.map((batch) => dots(batch).sort()),
          );
          let clock = zeroClock;
          for (const write of node.delivered) {
            const { node: sender, counter } = dotOf(write);
            clock = { ...clock, [sender]: counter };
            expect(descends(clock, pasts.get(JSON.stringify(dotOf(write))) ?? {})).toBe(true);
          }
          expect(node.replica.clock).toEqual(plain.nodes[index]?.replica.clock);
        }
      }),
    );
  });

  it('end with the same versions and the same winners', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const plain = run(steps, false);
        const retiring = run(steps, true);
        for (const [index, node] of retiring.nodes.entries()) {
          for (const key of ['k0', 'k1', 'k2']) {
            const values = node.versions.get(key)?.map(({ value }) => value);
            expect(values).toEqual(plain.nodes[index]?.versions.get(key)?.map(({ value }) => value));
          }
        }
      }),
    );
  });

  it('send clocks that expand to the causal past, on every node that has delivered the write', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const pasts = pastsIn(run(steps, false).made);
        for (const node of run(steps, true).nodes) {
          for (const write of node.delivered) {
            const past = pasts.get(JSON.stringify(dotOf(write)));
            expect(node.retired.expand(write.vc)).toEqual(past);
          }
        }
      }),
    );
  });

  it('report clocks that are satisfied by exactly the nodes that have all their writes', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const { nodes } = run(steps, true);
        for (const { retired: ids, replica } of nodes) {
          const reported = ids.compact(replica.clock);
          expect(ids.expand(reported)).toEqual(replica.clock);
          for (const other of nodes) {
            expect(descends(other.replica.clock, reported)).toBe(
              descends(other.replica.clock, replica.clock),
            );
          }
        }
      }),
    );
  });

  it('order writes by the number of writes in their past, on every node', () => {
    fc.assert(
      fc.property(runs, (steps) => {
        const plain = run(steps, false).made;
        const { made, nodes } = run(steps, true);
        const all = nodes.reduce((ids, node) => ids.with(node.retired.all), Retirements.none);
        for (const [index, write] of made.entries()) {
          for (const [other, later] of made.entries()) {
            const [left, right] = [plain[index]?.vc ?? {}, plain[other]?.vc ?? {}];
            if (compare(left, right) === 'before') expect(all.sum(write.vc)).toBeLessThan(all.sum(later.vc));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
