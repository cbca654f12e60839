import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeItemTexts } from '../../src/input/item-texts.ts';
import { parseExactJson } from '../../src/input/json-body.ts';

/** Parses a body that is a list. */
const parsed = (json: string): unknown[] => {
  const list = parseExactJson(Buffer.from(json));
  return Array.isArray(list) ? list : expect.fail('not a list');
};

describe('takeItemTexts', () => {
  it('returns the items of a list as they were sent, once', () => {
    const list = parsed('[{"b":1.0,"a":"],[\\\\u"},[2,{}],"x,y"]');
    expect(takeItemTexts(list)).toEqual(['{"b":1.0,"a":"],[\\\\u"}', '[2,{}]', '"x,y"']);
    expect(takeItemTexts(list)).toBeUndefined();
  });

  it('returns the items of the first list in an object', () => {
    const json = '{"a":{"x":[0]},"writes":[{"k":"x","v":1.0},[2,3]],"more":[4]}';
    const body = parseExactJson(Buffer.from(json)) as Record<string, unknown[]>;
    expect(takeItemTexts(body.more ?? [], body)).toBeUndefined();
    expect(takeItemTexts(body.writes ?? [], body)).toEqual(['{"k":"x","v":1.0}', '[2,3]']);
    expect(takeItemTexts(body.writes ?? [], body)).toBeUndefined();
  });

  it('keeps no body that is far larger than its items', () => {
    const body = parseExactJson(Buffer.from(`{"acks":1.${'0'.repeat(1_000)},"writes":[1]}`));
    const { writes } = body as { writes: unknown[] };
    expect(takeItemTexts(writes, body as object)).toBeUndefined();
  });

  it('returns what JSON.stringify wrote of each item of a member', () => {
    const members = fc.dictionary(fc.string(), fc.jsonValue({ depthSize: 'medium' }));
    fc.assert(
      fc.property(members, (sent) => {
        const body = JSON.parse(JSON.stringify(sent)) as Record<string, unknown>;
        const read = parseExactJson(Buffer.from(JSON.stringify(sent))) as Record<string, unknown>;
        const first = Object.values(read).find(Array.isArray);
        const texts = first && takeItemTexts(first, read);
        const expected = Object.values(body).find(Array.isArray);
        if (texts !== undefined) expect(texts).toEqual(expected?.map((item) => JSON.stringify(item)));
      }),
    );
  });

  it('returns what JSON.stringify wrote of each item', () => {
    const ascii = fc.jsonValue({ depthSize: 'large' });
    fc.assert(
      fc.property(fc.array(ascii, { minLength: 1 }), (items) => {
        expect(takeItemTexts(parsed(JSON.stringify(items)))).toEqual(
          items.map((item) => JSON.stringify(item)),
        );
      }),
    );
  });

  it('agrees with the parsed items, however they are written', () => {
    const part = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '1',
      '-2.50',
      ' ',
      '\n',
      'true',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const json = `[${parts.join('')}]`;
        let items: unknown[];
        try {
          items = parsed(json);
        } catch {
          return;
        }
        const texts = takeItemTexts(items);
        expect(texts?.map((text) => JSON.parse(text)) ?? items).toEqual(items);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['with spaces', '[{"a":1}, {"a":2}]'],
    ['with line breaks', '[{"a":1},\n{"a":2}]'],
    ['with characters beyond ASCII', '["é",1]'],
    ['with an escape that is longer than its character', '["\\u0061"]'],
    ['with a number that is longer than its value', `[1.${'0'.repeat(24)}]`],
    ['with a number that is shorter than its value', '[1e20]'],
    ['without items', '[]'],
    ['of more items than any service accepts', `[${'0,'.repeat(20_001)}0]`],
  ])('returns nothing for a list %s', (_what, json) => {
    expect(takeItemTexts(parsed(json))).toBeUndefined();
  });
});
