import { describe, expect, it } from 'vitest';
import { MAX_VALUE_BYTES } from '../../src/limits.ts';
import { checkAcceptedValue } from '../../src/routes/value-limits.ts';

const accepts = (value: string) => {
  try {
    checkAcceptedValue(value, () => 'value');
    return true;
  } catch {
    return false;
  }
};

describe('checkAcceptedValue', () => {
  // Of one, two, three and six bytes in JSON, each; a pair of surrogates has four.
  it.each(['v', '"', '\u00e9', '\u20ac', '\u{1f600}', '\0', '\ud800'])(
    'accepts texts of %j up to the limit',
    (character) => {
      const bytes = Buffer.byteLength(JSON.stringify(character)) - 2;
      const most = Math.floor((MAX_VALUE_BYTES - 2) / bytes);
      expect([accepts(character.repeat(most)), accepts(character.repeat(most + 1))]).toEqual([true, false]);
    },
  );
});
