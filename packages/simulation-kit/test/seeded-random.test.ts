import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../src/seeded-random.ts';

const draw = (random: SeededRandom) => Array.from({ length: 5 }, () => random.fraction());

describe('SeededRandom', () => {
  it('draws the same numbers for the same seed and others for another seed', () => {
    expect(draw(new SeededRandom(1))).toEqual(draw(new SeededRandom(1)));
    expect(draw(new SeededRandom(2))).not.toEqual(draw(new SeededRandom(1)));
  });

  it('includes both bounds of an integer range', () => {
    const random = new SeededRandom(1);
    const drawn = Array.from({ length: 100 }, () => random.integer(2, 4));
    expect(new Set(drawn)).toEqual(new Set([2, 3, 4]));
  });

  it('is unaffected by how many numbers its fork draws', () => {
    const [first, second] = [new SeededRandom(1), new SeededRandom(1)];
    draw(first.fork());
    second.fork();
    expect(draw(first)).toEqual(draw(second));
  });

  it('rejects picking from an empty list', () => {
    expect(() => new SeededRandom(1).pick([])).toThrow(RangeError);
  });
});
