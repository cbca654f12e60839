import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSplitter } from '../../src/live/sse.ts';

describe('eventSplitter', () => {
  it('returns events once they are complete, without comments', () => {
    const split = eventSplitter();
    expect(split(': hello\n\nevent: a\nda')).toEqual([]);
    expect(split('ta: {"x": 1}\n\n: still here\n\n')).toEqual([{ event: 'a', data: '{"x": 1}' }]);
  });

  it('finds the same events, whatever pieces the stream arrives in', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), fc.array(fc.nat(40)), (list, lengths) => {
        const text = list.map((data) => `event: e\ndata: ${data}\n\n`).join('');
        const split = eventSplitter();
        const found: string[] = [];
        let at = 0;
        for (const length of [...lengths, text.length]) {
          found.push(...split(text.slice(at, at + length)).map(({ data }) => data));
          at += length;
        }
        expect(found).toEqual(list);
      }),
    );
  });
});
