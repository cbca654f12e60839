import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodedLength, utf8Length } from '../../src/causality/utf8-length.ts';

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

describe('utf8Length', () => {
  it('counts in a browser as many bytes as in Node.js, lone surrogates included', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(encodedLength(text)).toBe(Buffer.byteLength(text));
        const long = text.repeat(50_000 / (text.length + 1));
        expect(encodedLength(long)).toBe(Buffer.byteLength(long));
      }),
    );
    for (const text of ['', 'a', 'é', '€', '😀', '\ud83d', '\ude00x'])
      expect(encodedLength(text)).toBe(Buffer.byteLength(text));
  });

  it('counts as Node.js does where there is Node.js', () => {
    expect(utf8Length).toBe(Buffer.byteLength);
  });
});
