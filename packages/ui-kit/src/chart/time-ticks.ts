import { scaleLinear } from 'd3-scale';

/** The units of a time axis, and for how many milliseconds a longer one is used. */
const units = [
  { name: 's', ms: 1_000, below: 180_000 },
  { name: 'min', ms: 60_000, below: 3 * 3_600_000 },
  { name: 'h', ms: 3_600_000, below: Number.POSITIVE_INFINITY },
] as const;

/** Returns about `count` round times between two, with their labels: `10 s`, `5 min`, `2 h`. */
export function timeTicks(startMs: number, endMs: number, count: number): { atMs: number; text: string }[] {
  const { name, ms } = units.find(({ below }) => endMs - startMs < below) ?? units[2];
  return scaleLinear([startMs / ms, endMs / ms], [0, 1])
    .ticks(count)
    .map((value) => ({ atMs: value * ms, text: `${value} ${name}` }));
}
