import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { jsonOf, shortJsonOf } from '../../src/storage/encoded-write.ts';
import { countIn, recordsOf, writesIn } from '../../src/storage/log-block.ts';
import { write } from '../support/sample-write.ts';

const run = (count: number, value: NonNullable<unknown> = 'v') =>
  Array.from({ length: count }, (_, index) => write('a', index + 1, 'x', value));

describe('the records of a log', () => {
  it('hold up to 16 KiB of writes, by the number of the last one', () => {
    const records = recordsOf(run(200, 'v'.repeat(100)));
    expect(records.every(({ isBlock, json }) => isBlock && json.length <= 16 * 1024 + 300)).toBe(true);
    expect(records.map(({ last }) => last.vc.a)).toEqual([134, 200]);
  });

  it('hold one write each where there are few', () => {
    expect(recordsOf(run(7)).map(({ json }) => json)).toEqual(run(7).map(jsonOf));
    expect(recordsOf(run(3, 'v'.repeat(20_000)))).toHaveLength(3);
  });

  it('hold only key and value of writes that continue the one before', () => {
    const [block, ...others] = recordsOf(run(9, 'v'));
    expect(others).toEqual([]);
    expect(block?.json.split('\n').slice(0, 2)).toEqual([
      '[{"sender":"a","key":"x","value":"v","vc":{"a":1}},',
      '{"key":"x","value":"v"},',
    ]);
    expect(recordsOf(run(400, 'v'.repeat(100))).every(({ json }) => json.startsWith('[{"sender"'))).toBe(
      true,
    );
  });

  it('return every write as it was, whatever its key, value and clock', () => {
    const anyWrite = fc.record({
      key: fc.string({ unit: 'binary' }),
      value: fc.jsonValue(),
      b: fc.constantFrom(1, 1, 1, 2),
      at: fc.constantFrom(5, 5, 5, 6),
    });
    fc.assert(
      fc.property(fc.array(anyWrite, { maxLength: 40 }), fc.boolean(), (contents, isEncoded) => {
        const writes = contents.map(({ key, value, at, b }, index): Write => {
          const text = JSON.stringify({ sender: 'a', key, value, vc: { a: index + 1, b }, at });
          return JSON.parse(text);
        });
        const expected = JSON.parse(JSON.stringify(writes));
        if (isEncoded) writes.forEach(jsonOf);
        const records = recordsOf(writes);
        const read = records.flatMap(({ json }) => writesIn(json));
        expect(read).toEqual(expected);
        expect(records.map(({ json }) => countIn(json)).reduce((sum, count) => sum + count, 0)).toBe(
          writes.length,
        );
        expect(read.map(jsonOf)).toEqual(expected.map((one: Write) => JSON.stringify(one)));
        expect(read.map(shortJsonOf)).toEqual(
          expected.map(({ key, value }: Write) => JSON.stringify({ key, value })),
        );
      }),
    );
  });
});
