import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainFragment } from '../plain-fragment.ts';
import { type Action, MAX_ACTIONS } from '../store/action.ts';
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

describe('the link of a scenario', () => {
  it('reads back every scenario that it writes', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(action, { maxLength: 20 }), (naive, actions) => {
        expect(decodeScenario(encodeScenario({ naive, actions }))).toEqual({ naive, actions });
      }),
    );
  });

  it('uses characters only that a browser leaves as they are', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 5 }), (actions) => {
        const fragment = encodeScenario({ naive: true, actions });
        expect(new URL(`file:///playground.html#${fragment}`).hash.slice(1)).toBe(fragment);
      }),
    );
  });

  it('survives a program that escapes the whole fragment', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 5 }), (actions) => {
        const fragment = encodeScenario({ naive: true, actions });
        expect(plainFragment(`#${fragment}`)).toBe(fragment);
        expect(plainFragment(`#${encodeURIComponent(fragment)}`)).toBe(fragment);
      }),
    );
    expect(plainFragment('#store%3B%zz')).toBe('store%3B%zz');
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
    { fragment: 'grid', problem: 'does not begin with #store' },
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
