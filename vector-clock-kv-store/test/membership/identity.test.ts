import { describe, expect, it } from 'vitest';
import { chooseIdentity } from '../../src/membership/identity.ts';

const emptyHeartbeat = { clock: {}, heardOf: {}, pruned: {} };

describe('chooseIdentity', () => {
  it('keeps the plain name if no peer has heard of a write under it', () => {
    expect(
      chooseIdentity(
        'node1',
        [emptyHeartbeat, { clock: { node2: 4 }, heardOf: { node2: 4 }, pruned: {} }],
        'fresh',
      ),
    ).toBe('node1');
  });

  it('keeps the plain name without peers', () => {
    expect(chooseIdentity('node1', [], 'fresh')).toBe('node1');
  });

  it('starts a new incarnation if a peer has a write under the plain name', () => {
    expect(
      chooseIdentity(
        'node1',
        [emptyHeartbeat, { clock: { node1: 1 }, heardOf: { node1: 1 }, pruned: {} }],
        'fresh',
      ),
    ).toBe('node1~fresh');
  });

  it('starts a new incarnation if such a write is only buffered', () => {
    expect(chooseIdentity('node1', [{ clock: {}, heardOf: { node1: 2 }, pruned: {} }], 'fresh')).toBe(
      'node1~fresh',
    );
  });

  it('starts a new incarnation if a peer did not respond', () => {
    expect(chooseIdentity('node1', [emptyHeartbeat, undefined], 'fresh')).toBe('node1~fresh');
  });
});
