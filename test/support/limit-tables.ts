const KIB = 1024;
const MIB = 1024 * KIB;

/** Formats a count as docs/guarantees.md does: `10,000`. */
export const count = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 6 });

/** Formats a size in the largest unit that it is a multiple of. */
export function bytes(value: number): string {
  if (value % MIB === 0) return `${count(value / MIB)} MiB`;
  if (value % KIB === 0) return `${count(value / KIB)} KiB`;
  return `${count(value)} bytes`;
}

/** Formats a time in milliseconds: `10 min` or `5 s`. */
export function duration(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}

/** Formats a budget of bodies in progress. */
export const bodies = (budget: { limits: { bytes: number }; queue: number; waitMs: number }): string =>
  `${bytes(budget.limits.bytes)}; ${budget.queue} more wait for ${duration(budget.waitMs)}`;

/** Reads the table of limits in a section: the second cell of each row, under the names in backticks in the last one. */
export function readLimits(document: string, section: string): Record<string, string> {
  const text = document.split(`\n### ${section}\n`)[1]?.split(/\n#+ /)[0] ?? '';
  const rows = text.split('\n').filter((line) => /^\| .*` \|$/.test(line));
  return Object.fromEntries(
    rows.map((row) => {
      const [, , limit = '', , names = ''] = row.split('|').map((cell) => cell.trim());
      return [names.replaceAll('`', ''), limit];
    }),
  );
}
