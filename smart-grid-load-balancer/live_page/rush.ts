import type { Priority } from '@gridclock/grid-protocol/live';

/** Shares of priorities; they need not add up to a hundred. */
export type Mix = Readonly<Record<Priority, number>>;

export type Rush = { ratePerS: number; seconds: number; mix: Mix; largestKw: number };

/** 50 requests/s: twice what three substations can serve, and a twentieth of what the service allows a client. */
export const MOST_PER_S = 50;

/** 120 s: a rush hour that is forgotten stops by itself. */
export const MOST_SECONDS = 120;

/** Keeps a rush hour within its limits, whatever was typed. */
export function bounded({ ratePerS, seconds, mix, largestKw }: Rush): Rush {
  const within = (value: number, low: number, high: number) =>
    Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
  return {
    ratePerS: within(ratePerS, 1, MOST_PER_S),
    seconds: within(seconds, 1, MOST_SECONDS),
    largestKw: within(largestKw, 1, 1_000),
    mix: {
      high: within(mix.high, 0, 100),
      normal: within(mix.normal, 0, 100),
      low: within(mix.low, 0, 100),
    },
  };
}

/** Chooses a priority by its share. @param random uniform in [0, 1) */
export function priorityOf(mix: Mix, random: number): Priority {
  const total = mix.high + mix.normal + mix.low;
  const at = random * total;
  if (total <= 0) return 'normal';
  if (at < mix.high) return 'high';
  return at < mix.high + mix.normal ? 'normal' : 'low';
}

/** Returns how many requests are due after some time, in milliseconds, of which some have been sent. */
export function dueAfter({ ratePerS, seconds }: Rush, elapsedMs: number, sent: number): number {
  const due = Math.floor((Math.min(elapsedMs, seconds * 1_000) / 1_000) * ratePerS);
  return Math.max(0, due - sent);
}
