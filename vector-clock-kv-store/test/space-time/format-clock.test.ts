import { describe, expect, it } from 'vitest';
import { formatClock, formatDuration } from '../../src/space-time/format-clock.ts';

describe('formatClock', () => {
  const lanes = ['node1', 'node2', 'node3'];

  it('writes a vector with one counter for each lane', () => {
    expect(formatClock({ node3: 2, node1: 1 }, lanes)).toBe('[1 0 2]');
    expect(formatClock({}, lanes)).toBe('[0 0 0]');
  });

  it('names the entries where a vector would hide whose they are', () => {
    expect(formatClock({ node1: 1, 'node2~ab12': 3 }, lanes)).toBe('node1:1 node2~ab12:3');
    expect(formatClock({ n1: 1 }, ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'])).toBe('n1:1');
  });
});

describe('formatDuration', () => {
  it('chooses the unit by the length', () => {
    expect([12.4, 1_250, 12_500, 125_000].map(formatDuration)).toEqual([
      '12 ms',
      '1.25 s',
      '12.5 s',
      '2 min 5 s',
    ]);
  });
});
