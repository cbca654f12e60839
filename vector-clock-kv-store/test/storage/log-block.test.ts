import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { jsonOf } from '../../src/storage/encoded-write.ts';
import { parseWrite, recordsOf, textsIn } from '../../src/storage/log-block.ts';
import { write } from '../support/sample-write.ts';

const run = (count: number, value: NonNullable<unknown> = 'v') =>
  Array.from({ length: count }, (_, index) => write('a', index + 1, 'x', value));

describe('the records of a log', () => {
  it('hold up to 16 KiB of writes, by the number of the last one', () => {
    const records = recordsOf(run(200, 'v'.repeat(100)));
    expect(records.every(({ isBlock, json }) => isBlock && json.length <= 16 * 1024 + 300)).toBe(true);
    expect(records.map(({ last }) => last.vc.a)).toEqual([109, 200]);
  });

  it('hold one write each where there are few', () => {
    expect(recordsOf(run(7)).map(({ json }) => json)).toEqual(run(7).map(jsonOf));
    expect(recordsOf(run(3, 'v'.repeat(20_000)))).toHaveLength(3);
  });

  it('return every write as it was, whatever its key and value', () => {
    const anyWrite = fc.record({ key: fc.string({ unit: 'binary' }), value: fc.jsonValue() });
    fc.assert(
      fc.property(fc.array(anyWrite, { maxLength: 40 }), (contents) => {
        const writes = contents.map(({ key, value }, index): Write => {
          const text = JSON.stringify({ sender: 'a', key, value, vc: { a: index + 1 } });
          return JSON.parse(text);
        });
        const texts = recordsOf(writes).flatMap(({ json }) => textsIn(json));
        expect(texts).toEqual(writes.map((one) => JSON.stringify(one)));
        expect(texts.map(parseWrite)).toEqual(writes);
      }),
    );
  });
});
