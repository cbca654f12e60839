import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originSchema } from '../../src/outbound/origin.ts';

describe('originSchema', () => {
  it('rejects port 0, for which Node.js connects to another', () => {
    expect(originSchema.safeParse('http://h:0').success).toBe(false);
  });

  it.each([
    ['http://node4:5000', 'http://node4:5000'],
    ['http://Node4:5000/', 'http://node4:5000'],
    ['https://10.0.0.1', 'https://10.0.0.1'],
    ['http://node4:80', 'http://node4'],
    ['http://[fd00::1]:5000', 'http://[fd00::1]:5000'],
    ['http://2130706433:1', 'http://127.0.0.1:1'],
  ])('reads %s as %s', (text, origin) => {
    expect(originSchema.parse(text)).toBe(origin);
  });

  it.each([
    'http://127.0.0.1:9/latest/meta-data?x=',
    'http://node4:5000/path',
    'http://node4:5000?x',
    'http://node4:5000/?',
    'http://node4:5000#',
    'http://user@node4:5000',
    'http://user:password@node4:5000',
    'http://node4:5000\\@evil',
    'http:/node4',
    'http:node4',
    'ftp://node4',
    'file:///etc/passwd',
    'node4:5000',
    'http://',
    'http://no de',
    '',
    7,
  ])('rejects %s', (text) => {
    expect(originSchema.safeParse(text).success).toBe(false);
  });

  it('returns nothing but an origin', () => {
    const part = fc.constantFrom(
      'http',
      'https',
      '://',
      '/',
      '@',
      ':',
      '?',
      '#',
      '\\',
      'a',
      '.',
      '[::1]',
      '%2f',
      '1',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const { data } = originSchema.safeParse(parts.join(''));
        if (data !== undefined) expect(new URL(data).origin).toBe(data);
      }),
    );
  });
});
