import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionIdOf, sessionPath, substationIdSchema, substationOfSession } from '../src/index.ts';

describe('a session id', () => {
  it('contains the id of its substation', () => {
    const id = fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/).filter((id) => id !== '.' && id !== '..');
    fc.assert(
      fc.property(id, fc.uuid(), (substation, unique) => {
        expect(substationIdSchema.parse(substation)).toBe(substation);
        expect(substationOfSession(sessionIdOf(substation, unique))).toBe(substation);
      }),
    );
  });

  it.each(['', 'session', '~x'])('contains none in another format, such as %j', (id) => {
    expect(substationOfSession(id)).toBeUndefined();
  });
});

describe('sessionPath', () => {
  it('stays in its segment, whatever the id', () => {
    const parts = fc.constantFrom(
      '.',
      '..',
      '/',
      '\\',
      '%',
      '%2e',
      '?',
      '#',
      ';',
      '@',
      ' ',
      'a',
      'é',
      '\u0000',
      '\ud800',
    );
    const id = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts, { maxLength: 4 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(id, (id) => {
        const path = sessionPath(id);
        if (path === undefined) return;
        const { pathname, search, hash } = new URL(`http://host${path}`);
        const [root, first, segment = '', ...rest] = pathname.split('/');
        expect([root, first, rest, search, hash]).toEqual(['', 'sessions', [], '', '']);
        expect(decodeURIComponent(segment)).toBe(id);
      }),
    );
  });

  it.each(['', '.', '..', 'a\nb', 'x'.repeat(257)])('is undefined for %j', (id) => {
    expect(sessionPath(id)).toBeUndefined();
  });
});
