/** One sample of a scraped metrics page. */
export type Sample = { name: string; labels: ReadonlyMap<string, string>; value: number };

const line =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?\d+)?[ \t]*(?:#.*)?$/;
const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/y;
const escapes: Record<string, string> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/**
 * Parses the Prometheus text format 0.0.4, including timestamps and exemplars. Skips invalid lines, because one
 * bad line must not hide a load.
 *
 * @param prefix the prefix of the samples' names; other lines are skipped unparsed, which is most of a page
 */
export function* readSamples(text: string, prefix: string): Generator<Sample, void, undefined> {
  for (const untrimmed of text.split('\n')) {
    const trimmed = untrimmed.trim();
    if (!trimmed.startsWith(prefix)) continue;
    const [, name, labelText = '', valueText = ''] = line.exec(trimmed) ?? [];
    const labels = parseLabels(labelText);
    const value = parseValue(valueText);
    if (name !== undefined && labels !== undefined && value !== undefined) yield { name, labels, value };
  }
}

/** Returns the value of a metric without labels, or undefined if the page has none. */
export function readMetric(text: string, name: string): number | undefined {
  for (const sample of readSamples(text, name)) {
    if (sample.name === name && sample.labels.size === 0) return sample.value;
  }
  return undefined;
}

function parseLabels(text: string): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const [, name, value] = label.exec(text) ?? [];
    if (name === undefined || value === undefined) return undefined;
    labels.set(
      name,
      value.replace(/\\[\\"n]/g, (sequence) => escapes[sequence] ?? sequence),
    );
  }
  return labels;
}

function parseValue(text: string): number | undefined {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}
