import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../simulation/timeline.ts';

describe('virtual time', () => {
  it('lets things happen in the order of their times, and schedule others', () => {
    const timeline = new Timeline();
    const happened: string[] = [];
    const note = (what: string) => () => void happened.push(`${what} at ${timeline.now}`);
    timeline.after(20, note('later'));
    timeline.after(10, () => {
      note('first')();
      timeline.after(5, note('in between'));
    });
    timeline.run();
    expect(happened).toEqual(['first at 10', 'in between at 15', 'later at 20']);
  });

  it('keeps the order in which things of one moment were scheduled', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 })), (delays) => {
        const timeline = new Timeline();
        const happened: { delay: number; index: number }[] = [];
        for (const [index, delay] of delays.entries()) {
          timeline.after(delay, () => void happened.push({ delay, index }));
        }
        timeline.run();
        expect(happened).toEqual(happened.toSorted((a, b) => a.delay - b.delay || a.index - b.index));
        expect(happened).toHaveLength(delays.length);
      }),
    );
  });
});
