import { describe, expect, it } from 'vitest';
import { EventRing } from '../../src/live/event-ring.ts';

describe('EventRing', () => {
  it('keeps the latest events, limited in number', () => {
    const ring = new EventRing({ events: 3, bytes: 1_000 });
    ring.add(['1', '2']);
    ring.add(['3', '4', '5']);
    expect(ring.texts).toEqual(['3', '4', '5']);
  });

  it('keeps the latest events, limited in size, but at least one', () => {
    const ring = new EventRing({ events: 100, bytes: 10 });
    ring.add(['aaaaa', 'bbbbb', 'ccccc']);
    expect(ring.texts).toEqual(['bbbbb', 'ccccc']);
    ring.add(['d'.repeat(50)]);
    expect(ring.texts).toEqual(['d'.repeat(50)]);
  });
});
