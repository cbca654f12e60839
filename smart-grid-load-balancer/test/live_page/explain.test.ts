import type { Decision } from '@gridclock/grid-protocol/live';
import { describe, expect, it } from 'vitest';
import { explain } from '../../live_page/explain.ts';

const small = { id: 's1', load: 70, capacity: 80, fits: false };
const medium = { id: 's2', load: 40, capacity: 100, fits: true };
const large = { id: 's3', load: 45, capacity: 120, fits: true };

function decision(change: Partial<Decision>): Decision {
  return {
    seq: 1,
    at: 0,
    amount: 22,
    priority: 'normal',
    outcome: 'accepted',
    substation: 's2',
    policy: 'least-load',
    candidates: [small, medium, large],
    omitted: 0,
    asked: ['s2'],
    ...change,
  };
}

describe('explain', () => {
  it.each([
    [{}, 'Lowest load of the 2 where it fits: 40 kW.'],
    [
      { policy: 'least-utilization', substation: 's3', asked: ['s3'] },
      'Least utilized of the 2 where it fits: 38 %.',
    ],
    [{ policy: 'best-fit' }, 'Smallest sufficient gap of the 2 where it fits: 60 kW.'],
    [{ policy: 'round-robin' }, 'Its turn, of the 2 where it fits.'],
    [{ candidates: [small, medium] }, 'The only substation where 22 kW fit.'],
    [{ substation: 's3', asked: ['s2', 's3'] }, 'Refused by s2; then s3 accepted.'],
    [{ candidates: [] }, 's2 has this request.'],
  ])('says why a substation was chosen: %o', (change, text) => {
    expect(explain(decision(change))).toBe(text);
  });

  it('claims no lowest load where another substation had a lower one', () => {
    expect(explain(decision({ substation: 's3', asked: ['s3'] }))).toBe(
      'Chosen by least-load, of the 2 where it fits.',
    );
  });

  it('names the substation with most room when the grid is full', () => {
    const full = decision({ outcome: 'full', candidates: [small, { ...large, load: 100, fits: false }] });
    expect(explain(full)).toBe('It fits nowhere: s3 has most room, 20 kW.');
  });
});
