import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInexact, scanJson } from '../../src/input/json-text.ts';
import { countMembers, findRepeatedMember } from '../../src/input/repeated-member.ts';

const scan = (json: string) => scanJson(Buffer.from(json));

describe('scanJson', () => {
  it('finds what the parsed value does not show', () => {
    expect(scan('{"a":[1,{"a:b\\"[":2}],"a":9007199254740993}')).toEqual({
      members: 3,
      depth: 3,
      inexactNumber: '9007199254740993',
      inexactMember: 'a',
      list: { member: 'a', start: 6, ends: [7, 20] },
    });
    expect(scan('[1,{"a":[2,3]},",]"]').list).toEqual({ member: '', start: 1, ends: [2, 14, 19] });
    expect(scan('{"a":{"x":[1,2]},"b":[3,[4,5]],"c":[6]}').list).toEqual({
      member: 'b',
      start: 22,
      ends: [23, 29],
    });
    expect(scan('{"a":{"x":[1,2]}}').list.ends).toEqual([]);
    expect(scan('{"a":{"x":1},"b":[{"c":2},1e-400],"d":1e-401}')).toMatchObject({
      inexactNumber: '1e-400',
      inexactMember: 'b',
    });
  });

  it('agrees with the parsed value on everything that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'large' }), (value) => {
        const json = JSON.stringify(value);
        expect(scan(json)).toMatchObject({ members: countMembers(value), inexactNumber: undefined });
        expect(findRepeatedMember(json)).toBeUndefined();
      }),
    );
  });

  it('ends on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void scanJson(bytes)));
  });

  it('cuts a long number', () => {
    expect(scan(`[0.${'1'.repeat(1_000)}]`).inexactNumber).toHaveLength(41);
  });
});

describe('isInexact', () => {
  it.each([
    ['9007199254740993', 'an integer between two doubles'],
    ['9007199254740993.0', 'the same as a fraction'],
    ['9007199254740993e0', 'the same with an exponent'],
    ['1152921504606846976', 'a double that is formatted with other digits'],
    ['1e-400', 'a number below those of doubles'],
    ['-0.0000000000000000001e-310', 'the same in other words'],
    ['1.23456789e-320', 'a number among the sparse smallest doubles'],
    ['0.12345678901234567890', 'more digits than a double has'],
  ])('is true for %s, %s', (number) => {
    expect(isInexact(number)).toBe(true);
  });

  it.each([
    ['0.1', 'a fraction that is rounded to the nearest double'],
    ['0.10000000000000001', 'the same as printf %.17g writes it'],
    ['0.1000000000000000055511151231257827021181583404541015625', 'the exact value of that double'],
    ['148018236977558.12', 'a double halfway between two numbers of 17 digits'],
    ['100000000000000000000000', 'a large integer that is formatted as 1e+23'],
    ['1e-320', 'a small number that is formatted as it was sent'],
    ['0e-400', 'zero'],
    ['-0', 'negative zero'],
    ['1e400', 'infinity: the value is refused'],
  ])('is false for %s, %s', (number) => {
    expect(isInexact(number)).toBe(false);
  });

  it('is false for every double, as JavaScript, C and Python write it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const digits = number.toPrecision(17);
        // Without a point it is an integer, which must come back with the same digits.
        const precise = digits.includes('.') ? [digits] : [];
        const written = [String(number), number.toExponential(), ...precise];
        expect(written.filter(isInexact)).toEqual([]);
      }),
    );
  });
});

describe('findRepeatedMember', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['[{"a":1},{"b":[1,{"c":1,"c" : 2}]}]', '1.b.1.c'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"a":"b","b":"a","c":["a","a"]}', undefined],
    ['[{"a":1},{"a":1}]', undefined],
  ])('reads %s', (json, path) => {
    expect(findRepeatedMember(json)).toBe(path);
    expect(scan(json).members !== countMembers(JSON.parse(json))).toBe(path !== undefined);
  });
});
