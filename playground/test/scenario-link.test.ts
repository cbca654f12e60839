import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkProblem } from '../check-link.ts';
import { plainFragment } from '../plain-fragment.ts';
import { type Action, MAX_ACTIONS, type Scenario } from '../store/action.ts';
import { lessons } from '../store/lessons.ts';
import { decodeScenario, encodeScenario } from '../store/scenario-link.ts';

const node = fc.integer({ min: 1, max: 3 });
const link = fc.record({ from: node, to: node }).filter(({ from, to }) => from !== to);
const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => text.length <= 24);
const place = fc.integer({ min: 1, max: 9_999 });

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), node, key, value: key }),
  fc.record({ kind: fc.constant('delete' as const), node, key }),
  fc
    .tuple(fc.constantFrom('deliver' as const, 'drop' as const, 'duplicate' as const), link, place)
    .map(([kind, { from, to }, at]) => ({ kind, from, to, at })),
  fc
    .tuple(fc.constantFrom('reorder', 'hold', 'release', 'resend', 'cut', 'heal'), link)
    .map(([kind, ends]): Action => ({ kind, ...ends })),
  fc.constant({ kind: 'all' as const }),
);

const scenarioOf = (maxLength: number): fc.Arbitrary<Scenario> =>
  fc
    .record(
      {
        lesson: fc.constantFrom(...lessons.map(({ id }) => id)),
        naive: fc.boolean(),
        actions: fc.array(action, { maxLength }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      },
      { requiredKeys: ['naive', 'actions', 'share'] },
    )
    .map(({ share, ...scenario }) => ({
      ...scenario,
      played: Math.round(share * scenario.actions.length),
    }));

describe('the link of a scenario', () => {
  it('reads back every scenario that it writes', () => {
    fc.assert(
      fc.property(scenarioOf(20), (scenario) => {
        expect(decodeScenario(encodeScenario(scenario))).toEqual(scenario);
      }),
    );
  });

  it('uses characters only that a browser leaves as they are', () => {
    fc.assert(
      fc.property(scenarioOf(5), (scenario) => {
        const fragment = encodeScenario(scenario);
        expect(new URL(`file:///playground.html#${fragment}`).hash.slice(1)).toBe(fragment);
      }),
    );
  });

  it('survives a program that escapes the whole fragment', () => {
    fc.assert(
      fc.property(scenarioOf(5), (scenario) => {
        const fragment = `${encodeScenario(scenario)};all`;
        expect(plainFragment(`#${fragment}`)).toBe(fragment);
        expect(plainFragment(` file:///tmp/playground.html#${fragment}\n`)).toBe(fragment);
        expect(plainFragment(`#${encodeURIComponent(fragment)}`)).toBe(fragment);
      }),
    );
    expect(plainFragment('#store%3B%zz')).toBe('store%3B%zz');
    expect(plainFragment('#store;all;')).toBe('store;all');
  });

  it('tells what is wrong with a link of either tab', () => {
    expect(linkProblem('grid;policy,best')).toContain('policy in the link is "best"');
    expect(linkProblem('store;deliver,1,2,1')).toContain(
      'Step 1: the link from node1 to node2 has no message 1',
    );
    expect(linkProblem('store;at,0;heal,1,2')).toContain('Step 1: node1 and node2 are not cut off');
    expect(linkProblem('store;put,1,x,1')).toBeUndefined();
    expect(linkProblem('grid')).toBeUndefined();
  });

  it('never fails otherwise than with a sentence for the reader', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          decodeScenario(`store;${text}`);
        } catch (error) {
          expect(String(error)).toMatch(/^ScenarioError: (Step \d+ of the link|The link)/);
        }
      }),
    );
  });

  it.each([
    { fragment: 'grid', problem: 'begins neither with #store nor with #grid' },
    { fragment: 'store;lesson,none', problem: 'names the lesson "none"; there are happened-before' },
    { fragment: 'store;at,2;all', problem: 'begins at step "2"; it has the steps 0 to 1' },
    { fragment: 'store;at,;all', problem: 'begins at step ""' },
    { fragment: 'store;all;naive', problem: 'Step 2 of the link, "naive": there is no such step.' },
    { fragment: 'store;jump,1,2', problem: 'Step 1 of the link, "jump,1,2": there is no such step.' },
    {
      fragment: 'store;all;put,4,x,1',
      problem: 'Step 2 of the link, "put,4,x,1": the node has to be 1 to 3.',
    },
    { fragment: 'store;put,1,x', problem: 'put takes 3 values, not 2' },
    { fragment: 'store;put,1,,1', problem: 'the key is empty' },
    { fragment: 'store;put,1,%zz,1', problem: 'the key is not percent-encoded text' },
    { fragment: `store;put,1,x,${'a'.repeat(25)}`, problem: 'the value has more than 24 characters' },
    { fragment: 'store;hold,2,2', problem: 'a link has two different nodes' },
    { fragment: 'store;deliver,1,2,0', problem: 'the place of the message has to be a number from 1' },
    { fragment: `store${';all'.repeat(MAX_ACTIONS + 1)}`, problem: 'at most 200 can be played' },
    { fragment: 'x'.repeat(20_001), problem: 'longer than 20000 characters' },
  ])('refuses a link: $problem', ({ fragment, problem }) => {
    expect(() => decodeScenario(fragment)).toThrow(problem);
  });
});
