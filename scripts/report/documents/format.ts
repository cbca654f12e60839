/** A space at which no line is broken. */
const NARROW = '\u202f';

/** Formats a whole number with narrow spaces between thousands, which no reader takes for a decimal point. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, NARROW);
}

/** Formats a number and its noun: `1 write`, `200 writes`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Formats a duration with two or three digits: `0.84 ms`, `12 ms`, `1.3 s`. */
export function duration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(0)}${NARROW}s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)}${NARROW}s`;
  return `${ms.toFixed(ms < 1 ? 2 : ms < 20 ? 1 : 0)}${NARROW}ms`;
}

/** Formats a share from 0 to 1 as a percentage. */
export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)}${NARROW}%`;
}

/** Formats a power. */
export function kilowatts(kw: number): string {
  return `${count(kw)}${NARROW}kW`;
}
