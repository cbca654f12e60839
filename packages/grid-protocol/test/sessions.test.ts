import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionIdOf, substationIdSchema, substationOfSession } from '../src/index.ts';

describe('a session id', () => {
  it('contains the id of its substation', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/), fc.uuid(), (substation, unique) => {
        expect(substationIdSchema.parse(substation)).toBe(substation);
        expect(substationOfSession(sessionIdOf(substation, unique))).toBe(substation);
      }),
    );
  });

  it.each(['', 'session', '~x'])('contains none in another format, such as %j', (id) => {
    expect(substationOfSession(id)).toBeUndefined();
  });
});
