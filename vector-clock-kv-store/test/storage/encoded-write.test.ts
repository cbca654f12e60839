import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/causality/write.ts';
import { jsonOf, noteJson, versionsJsonOf } from '../../src/storage/encoded-write.ts';

const anyWrite = fc
  .record(
    {
      key: fc.string({ unit: 'binary', minLength: 1 }),
      value: fc.jsonValue(),
      at: fc.double({ noNaN: true, noDefaultInfinity: true }),
      life: fc.stringMatching(/^[0-9a-f]{8,16}$/),
    },
    { requiredKeys: ['key', 'value'] },
  )
  .map(({ at, key, life, value }): Write => {
    const write = { sender: 'a', key, value, vc: { b: 3, a: 1 } };
    return { ...write, ...(at === undefined ? {} : { at }), ...(life === undefined ? {} : { life }) };
  });

describe('versionsJsonOf', () => {
  it("takes the version out of the write's JSON", () => {
    const write = { sender: 'a', key: 'x', value: 'v', vc: { a: 1 }, at: 5, life: '0123abcd' };
    expect(versionsJsonOf(write)).toBe('[{"sender":"a","value":"v","vc":{"a":1}}]');
  });

  it('returns what encoding the version again would', () => {
    fc.assert(
      fc.property(anyWrite, (write) => {
        const { sender, value, vc } = write;
        expect(versionsJsonOf(write)).toBe(JSON.stringify([{ sender, value, vc }]));
      }),
    );
  });

  it('returns the same version whatever the order of members that a peer has sent', () => {
    const shuffled = anyWrite.chain((write) =>
      fc.shuffledSubarray(Object.entries(write), { minLength: Object.keys(write).length }),
    );
    fc.assert(
      fc.property(shuffled, (members) => {
        const sent = JSON.stringify(Object.fromEntries(members));
        const write: Write = JSON.parse(sent);
        noteJson(write, sent);
        const { sender, value, vc } = write;
        expect(JSON.parse(versionsJsonOf(write))).toEqual([{ sender, value, vc }]);
      }),
    );
  });
});

describe('jsonOf', () => {
  it('returns the JSON that was noted for a write', () => {
    const write = { sender: 'a', key: 'x', value: 1, vc: { a: 1 } };
    const sent = '{"vc":{"a":1},"value":1,"key":"x","sender":"a"}';
    noteJson(write, sent);
    expect(jsonOf(write)).toBe(sent);
  });
});
