import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinVersions, type KeyState } from '../../src/causality/join-versions.ts';
import { Replica } from '../../src/causality/replica.ts';
import { Retirements } from '../../src/causality/retirements.ts';
import { merge, type VectorClock, zeroClock } from '../../src/causality/vector-clock.ts';
import { type Version, withWrite } from '../../src/causality/versions.ts';
import type { Write } from '../../src/causality/write.ts';
import { causalRuns } from '../support/causal-run.ts';

const KEYS = ['k0', 'k1', 'k2'];

/** All keys of one node, and its clock. */
type NodeState = { clock: VectorClock; keys: ReadonlyMap<string, readonly Version[]> };

/** The state of a node that has received some of the writes of a run, in the run's order. */
function stateAfter(writes: readonly Write[]): NodeState {
  const replica = new Replica('observer', zeroClock, { writes: 1_000, bytes: 1e9 });
  const keys = new Map<string, readonly Version[]>();
  for (const write of writes) {
    const receipt = replica.receive(write);
    for (const delivered of receipt.status === 'applied' ? receipt.delivered : [])
      keys.set(delivered.key, withWrite(keys.get(delivered.key) ?? [], delivered, Retirements.none));
  }
  return { clock: replica.clock, keys };
}

function join(left: NodeState, right: NodeState): NodeState {
  const of = ({ clock, keys }: NodeState, key: string): KeyState => ({
    clock,
    versions: keys.get(key) ?? [],
  });
  return {
    clock: merge(left.clock, right.clock),
    keys: new Map(KEYS.map((key) => [key, joinVersions(of(left, key), of(right, key), Retirements.none)])),
  };
}

const contentOf = ({ clock, keys }: NodeState) => ({
  clock: Object.fromEntries(Object.entries(clock).sort()),
  keys: KEYS.map((key) => keys.get(key) ?? []),
});

/** A run, and three causally closed parts of it. */
const parts = causalRuns.chain((made) =>
  fc.tuple(fc.constant(made), ...[0, 1, 2].map(() => fc.subarray(made))),
);

describe('joinVersions', () => {
  const apples = { sender: 'a', value: 'apples', vc: { a: 1 } };
  const pears = { sender: 'b', value: 'pears', vc: { b: 1 } };
  const both = { sender: 'a', value: 'both', vc: { a: 2, b: 1 } };

  it('keeps what the other node has not seen, and drops what it has replaced', () => {
    const left = { clock: { a: 1 }, versions: [apples] };
    const right = { clock: { b: 1 }, versions: [pears] };
    expect(joinVersions(left, right, Retirements.none)).toEqual([pears, apples]);
    expect(joinVersions({ clock: { a: 2, b: 1 }, versions: [both] }, right, Retirements.none)).toEqual([
      both,
    ]);
  });

  it('drops what the other node has deleted for good', () => {
    const emptied = { clock: { a: 2, b: 1 }, versions: [] };
    expect(joinVersions({ clock: { a: 1 }, versions: [apples] }, emptied, Retirements.none)).toEqual([]);
    expect(
      joinVersions(
        { clock: { a: 1, c: 1 }, versions: [{ ...apples, sender: 'c', vc: { c: 1 } }] },
        emptied,
        Retirements.none,
      ),
    ).toHaveLength(1);
  });

  it('equals delivering the writes of both nodes', () => {
    fc.assert(
      fc.property(parts, ([made, first = [], second = []]) => {
        const delivered = (state: NodeState) =>
          made.filter((write) => (write.vc[write.sender] ?? 0) <= (state.clock[write.sender] ?? 0));
        const [left, right] = [stateAfter(first), stateAfter(second)];
        const union = made.filter((write) => [left, right].some((state) => delivered(state).includes(write)));
        expect(contentOf(join(left, right))).toEqual(contentOf(stateAfter(union)));
      }),
    );
  });

  it('is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(parts, ([, ...subsets]) => {
        const [a, b, c] = subsets.map(stateAfter) as [NodeState, NodeState, NodeState];
        expect(contentOf(join(a, b))).toEqual(contentOf(join(b, a)));
        expect(contentOf(join(join(a, b), c))).toEqual(contentOf(join(a, join(b, c))));
        expect(contentOf(join(a, a))).toEqual(contentOf(a));
        expect(contentOf(join(a, join(a, b)))).toEqual(contentOf(join(a, b)));
      }),
    );
  });
});
