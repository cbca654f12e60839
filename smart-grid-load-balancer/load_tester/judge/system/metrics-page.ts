import { substationMetrics as names } from '@gridclock/grid-protocol';

/** What a scripted substation shows as its metrics. */
export type MetricsScript = 'true' | 'nan' | 'missing' | 'negative' | 'infinite' | 'garbage' | 'error';

/** What each script shows, for a report. */
export const metricsScripts: Record<MetricsScript, string> = {
  true: 'its load',
  nan: `${names.currentLoad} NaN`,
  missing: `no ${names.currentLoad}`,
  negative: `${names.currentLoad} -1000`,
  infinite: `${names.currentLoad} -Inf`,
  garbage: 'an HTML page',
  error: 'status 500',
};

type Powers = { load: number; capacity: number; charged: readonly unknown[] };

/** Returns the page in Prometheus' text format that a script shows. */
export function metricsPage(
  script: MetricsScript,
  { load, capacity, charged }: Powers,
): { status: number; text: string } {
  if (script === 'garbage') return { status: 200, text: '<!doctype html><p>It works!</p>\n' };
  if (script === 'error') return { status: 500, text: 'Internal error\n' };
  const shown = { true: String(load), nan: 'NaN', missing: undefined, negative: '-1000', infinite: '-Inf' }[
    script
  ];
  const samples: [string, string | undefined][] = [
    [names.currentLoad, shown],
    [names.maxCapacity, String(capacity)],
    [names.activeSessions, String(charged.length)],
    [
      names.utilizationPercent,
      shown === undefined || script !== 'true' ? shown : String((100 * load) / capacity),
    ],
  ];
  const lines = samples.flatMap(([name, value]) =>
    value === undefined ? [] : [`# TYPE ${name} gauge`, `${name} ${value}`],
  );
  return { status: 200, text: `${lines.join('\n')}\n` };
}
