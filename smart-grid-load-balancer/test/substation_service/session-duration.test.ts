import { describe, expect, it } from 'vitest';
import { sessionDurationMs } from '../../substation_service/session-duration.ts';

const shortest = 0;
const middle = 0.5;
const longest = 1;

describe('the duration of a session', () => {
  it.each([
    ['high', 7_000],
    ['normal', 10_000],
    ['low', 13_000],
  ] as const)('for %s priority is %d ms on average if processing takes 10 s', (priority, ms) => {
    expect(sessionDurationMs(priority, 10, middle)).toBe(ms);
  });

  it('varies by 20 %', () => {
    expect(sessionDurationMs('normal', 10, shortest)).toBe(8_000);
    expect(sessionDurationMs('normal', 10, longest)).toBe(12_000);
  });

  it('lasts at least 5 s for high priority', () => {
    expect(sessionDurationMs('high', 1, middle)).toBe(5_000);
    expect(sessionDurationMs('high', 8, shortest)).toBe(5_000);
  });
});
