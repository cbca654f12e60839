import { describe, expect, it } from 'vitest';
import { chooseIdentity } from '../../src/membership/identity.ts';

const knowsNothing = { clock: {}, heardOf: {}, pruned: {} };

describe('the name a node with nothing stored writes under', () => {
  it('is its own when every peer has heard of no write under it', () => {
    expect(
      chooseIdentity(
        'node1',
        [knowsNothing, { clock: { node2: 4 }, heardOf: { node2: 4 }, pruned: {} }],
        'fresh',
      ),
    ).toBe('node1');
  });

  it('is its own when it has no peers', () => {
    expect(chooseIdentity('node1', [], 'fresh')).toBe('node1');
  });

  it('is a fresh one when a peer knows a write of it, which would be numbered again', () => {
    expect(
      chooseIdentity(
        'node1',
        [knowsNothing, { clock: { node1: 1 }, heardOf: { node1: 1 }, pruned: {} }],
        'fresh',
      ),
    ).toBe('node1~fresh');
  });

  it('is a fresh one when such a write only waits in a buffer', () => {
    expect(chooseIdentity('node1', [{ clock: {}, heardOf: { node1: 2 }, pruned: {} }], 'fresh')).toBe(
      'node1~fresh',
    );
  });

  it('is a fresh one when a peer did not answer and so may know some', () => {
    expect(chooseIdentity('node1', [knowsNothing, undefined], 'fresh')).toBe('node1~fresh');
  });
});
