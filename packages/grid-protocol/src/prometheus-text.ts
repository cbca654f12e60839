/** One sample of a Prometheus text page. */
export type Sample = { name: string; labels: ReadonlyMap<string, string>; value: number };

const line =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?\d+)?[ \t]*(?:#.*)?$/;
const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*|$)/y;
const escapes: Record<string, string> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/**
 * Reads the Prometheus text format, version 0.0.4: comments, any labels, timestamps and exemplars may be
 * there. Lines that are no samples are passed over, because one bad line must not hide a load.
 *
 * @param prefix only samples whose name starts so are read: a page has many that nobody asked for
 */
export function* readSamples(text: string, prefix: string): Generator<Sample, void, undefined> {
  for (const raw of text.split('\n')) {
    const trimmed = raw.trim();
    if (!trimmed.startsWith(prefix)) continue;
    const [, name, labelText = '', valueText = ''] = line.exec(trimmed) ?? [];
    const labels = readLabels(labelText);
    const value = readValue(valueText);
    if (name !== undefined && labels !== undefined && value !== undefined) yield { name, labels, value };
  }
}

/** The value of a metric without labels; undefined where there is none. */
export function readMetric(text: string, name: string): number | undefined {
  for (const sample of readSamples(text, name)) {
    if (sample.name === name && sample.labels.size === 0) return sample.value;
  }
  return undefined;
}

function readLabels(text: string): Map<string, string> | undefined {
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

function readValue(text: string): number | undefined {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}
