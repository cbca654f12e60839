import { describe, expect, it } from 'vitest';
import { readFonts, unpackWoff } from '../../scripts/report/fonts.ts';

describe('unpackWoff', () => {
  it('unpacks the fonts of the reports to OpenType', async () => {
    for (const font of await readFonts()) {
      expect(font.readUInt32BE(0)).toBe(0x00010000);
      const tables = Array.from({ length: font.readUInt16BE(4) }, (_, index) => 12 + 16 * index);
      const ends = tables.map((entry) => font.readUInt32BE(entry + 8) + font.readUInt32BE(entry + 12));
      expect(Math.max(...ends)).toBeLessThanOrEqual(font.length);
    }
  });

  it('refuses other files', () => {
    expect(() => unpackWoff(Buffer.from('wOF2'))).toThrow('not a WOFF 1.0 font');
  });
});
