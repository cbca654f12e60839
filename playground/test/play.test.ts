import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replica } from '../../vector-clock-kv-store/src/causality/replica.ts';
import { type Action, allLinks } from '../store/action.ts';
import { describeAction } from '../store/describe-action.ts';
import { play } from '../store/play.ts';
import { decodeScenario } from '../store/scenario-link.ts';

const played = (fragment: string, rule: 'causal' | 'naive' = 'causal') =>
  play(decodeScenario(`store;${fragment}`).actions, rule);

const overtaking = 'put,1,question,why;deliver,1,2,1;put,2,answer,so;deliver,2,3,1';

/** Actions that are always possible, so that a generated scenario plays. */
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('put' as const),
    node: fc.integer({ min: 1, max: 3 }),
    key: fc.constantFrom('x', 'y', 'z'),
    value: fc.constantFrom('1', '2'),
  }),
  fc.record({
    kind: fc.constant('delete' as const),
    node: fc.integer({ min: 1, max: 3 }),
    key: fc.constantFrom('x', 'y'),
  }),
  fc
    .tuple(
      fc.constantFrom('deliver' as const, 'drop' as const, 'duplicate' as const),
      fc.constantFrom(...allLinks),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([kind, link, at]) => ({ kind, ...link, at })),
  fc
    .tuple(
      fc.constantFrom('reorder', 'hold', 'release', 'resend', 'cut', 'heal'),
      fc.constantFrom(...allLinks),
    )
    .map(([kind, link]): Action => ({ kind, ...link })),
);

/** Leaves out the actions that are impossible at their place. */
function possible(actions: readonly Action[]): Action[] {
  const kept: Action[] = [];
  for (const next of actions) {
    try {
      play([...kept, next], 'causal');
      kept.push(next);
    } catch {}
  }
  return kept;
}

describe('a played scenario', () => {
  it('delivers a write to the other nodes, with its vector clock', () => {
    const { nodes, verdict } = played('put,2,x,1;all');
    for (const { rule, versions } of nodes) {
      expect(rule.clock).toEqual({ node2: 1 });
      expect(versions.get('x')?.map(({ value }) => value)).toEqual(['1']);
    }
    expect(verdict.consistent).toBe(true);
  });

  it('buffers a write before its cause, and says what is missing', () => {
    const { nodes, events } = played(overtaking);
    expect(nodes[2]?.rule.buffered()).toHaveLength(1);
    expect(events.find(({ kind }) => kind === 'buffer')).toMatchObject({
      missing: { node: 'node1', counter: 1 },
      has: 0,
    });
    expect(played(`${overtaking};all`).nodes[2]?.rule.buffered()).toHaveLength(0);
  });

  it('convicts the naive rule of reading an answer without its question', () => {
    expect(played(overtaking, 'naive').verdict).toMatchObject({
      consistent: false,
      pattern: 'WriteCOInitRead',
    });
    expect(played(overtaking).verdict.consistent).toBe(true);
  });

  it('convicts the naive rule of an old value after a newer one', () => {
    const stale = 'put,1,x,1;deliver,1,3,1;put,1,x,2;deliver,1,2,2;put,2,y,3;deliver,2,3,1';
    expect(played(stale, 'naive').verdict).toMatchObject({ consistent: false, pattern: 'WriteCORead' });
    expect(played(stale).verdict.consistent).toBe(true);
  });

  it('loses what it sends into a cut, and sends it again after', () => {
    const cut = 'cut,1,3;put,1,x,1;all';
    expect(played(cut).nodes[2]?.versions.has('x')).toBe(false);
    expect(played(`${cut};heal,1,3;all`).nodes[2]?.versions.has('x')).toBe(true);
  });

  it('ignores duplicates and resends dropped messages', () => {
    const { nodes, links } = played('put,1,x,1;duplicate,1,2,1;deliver,1,2,1;deliver,1,2,1;drop,1,3,1');
    expect(nodes[1]?.rule.clock).toEqual({ node1: 1 });
    expect(links.find(({ from, to }) => from === 1 && to === 3)).toMatchObject({ lost: 1, waiting: [] });
    expect(played('put,1,x,1;drop,1,3,1;resend,1,3;all').nodes[2]?.rule.clock).toEqual({ node1: 1 });
  });

  it.each([
    { fragment: 'deliver,1,2,1', problem: 'Step 1: the link from node1 to node2 has no message 1' },
    { fragment: 'put,1,x,1;hold,1,2;deliver,1,2,1', problem: 'Step 3: the link from node1 to node2 is held' },
    {
      fragment: Array.from({ length: 21 }, (_, key) => `put,1,k${key},1`).join(';'),
      problem: 'Step 21: a scenario has at most 20 keys',
    },
    { fragment: 'heal,1,2', problem: 'Step 1: node1 and node2 are not cut off' },
    { fragment: 'reorder,1,2', problem: 'no two messages' },
    { fragment: 'release,1,2', problem: 'is not held' },
    { fragment: 'resend,1,2', problem: 'has lost nothing' },
  ])('refuses an action: $problem', ({ fragment, problem }) => {
    expect(() => played(fragment)).toThrow(problem);
  });

  it('is consistent under the right rule, whatever is clicked', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (generated) => {
        expect(play(possible(generated), 'causal').verdict.consistent).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves every node with the same versions when all is healed and delivered', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 25 }), (generated) => {
        const mending = allLinks.flatMap((link): Action[] => [
          { kind: 'heal', ...link },
          { kind: 'release', ...link },
          { kind: 'resend', ...link },
        ]);
        const { nodes } = play(possible([...generated, ...mending, { kind: 'all' }]), 'causal');
        const [first, ...others] = nodes.map(({ versions }) => [...versions].sort());
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 40 },
    );
  });

  it('runs the causal core of the nodes, not a copy', () => {
    for (const { rule } of played(overtaking).nodes) expect(rule).toBeInstanceOf(Replica);
  });

  it('is the same each time', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 20 }),
        fc.constantFrom('causal', 'naive'),
        (generated, rule) => {
          const actions = possible(generated);
          expect(play(actions, rule)).toEqual(play(actions, rule));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('names the cause without which the naive rule delivered', () => {
    const { nodes } = played(overtaking, 'naive');
    expect([...(nodes[2]?.early.values() ?? [])]).toEqual([{ node: 'node1', counter: 1 }]);
    // The naive clock counts the cause, though it has not arrived: what depends on it is early, too.
    const more = played(`${overtaking};put,2,more,1;deliver,2,3,1`, 'naive').nodes[2];
    expect(more?.rule.clock).toEqual({ node1: 1, node2: 2 });
    expect(more?.early.size).toBe(2);
    expect(played(overtaking).nodes[2]?.early.size).toBe(0);
  });

  it('describes each action', () => {
    const { links } = played('put,1,x,1;hold,1,3');
    const describe = (fragment: string) =>
      decodeScenario(`store;${fragment}`).actions.map((next) => describeAction(next, links));
    expect(describe('put,2,y,2;delete,1,x;deliver,1,2,1;drop,1,2,2;reorder,1,2;release,1,3')).toEqual([
      'node2 writes y="2"',
      'node1 deletes x',
      'deliver x="1" from node1 to node2',
      'drop a message from node1 to node2',
      'swap the first two messages from node1 to node2',
      'release the link from node1 to node3',
    ]);
    expect(describe('cut,1,2;resend,1,3;all')).toEqual([
      'cut the link between node1 and node2',
      'send again what was lost from node1 to node3',
      'deliver all messages that are not held',
    ]);
  });
});
