/**
 * Reads one unlabelled metric out of Prometheus' text format.
 *
 * @returns undefined where it is missing or no number
 */
export function readMetric(text: string, name: string): number | undefined {
  for (const line of text.split('\n')) {
    const [key, value] = line.trim().split(/\s+/);
    if (key !== name || value === undefined) continue;
    const number = Number(value);
    return Number.isNaN(number) ? undefined : number;
  }
  return undefined;
}
