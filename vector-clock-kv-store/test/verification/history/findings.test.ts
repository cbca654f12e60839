import { describe, expect, it } from 'vitest';
import { formatFindings } from '../../../src/verification/history/findings.ts';

describe('formatFindings', () => {
  it('lists each finding once', () => {
    expect(formatFindings(['a', 'b', 'a'], 2)).toEqual(['a', 'b']);
  });

  it('says how many findings it leaves out', () => {
    expect(formatFindings(['a', 'b', 'c', 'a'], 1)).toEqual(['a', 'and 2 more']);
  });
});
