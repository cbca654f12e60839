import { readSamples, type Sample } from '@gridclock/grid-protocol';
import type { PlannedService } from '../../local-suite/plan.ts';
import type { Panel } from '../run-data.ts';
import type { DashboardPanel } from './dashboard-panels.ts';
import { drawable, type Period } from './prometheus-series.ts';

/** One scrape of all services: the time in seconds since 1970, and each sample with its service's name. */
export type Scrape = { at: number; samples: readonly (Sample & { instance: string })[] };

/** 1 s, as the local Prometheus of a report. */
const INTERVAL_MS = 1_000;

/** The metrics that the panels need: other lines are not parsed. */
const PREFIX = /^(kv_|substation_|load_balancer_|http_request_duration_seconds_count)/;

/** Scrapes `/metrics` of running services until stopped: what remains of Prometheus where there is none. */
export function startScraper(services: readonly PlannedService[], now: () => number) {
  const scrapes: Scrape[] = [];
  const scrape = async () => {
    const at = now() / 1_000;
    const pages = await Promise.all(
      services.map(async ({ name, port }) => {
        const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
        const text = (await response?.text()) ?? '';
        const lines = text.split('\n').filter((line) => PREFIX.test(line));
        return [...readSamples(lines.join('\n'), '')].map((sample) => ({ ...sample, instance: name }));
      }),
    );
    scrapes.push({ at, samples: pages.flat() });
  };
  const timer = setInterval(() => void scrape(), INTERVAL_MS);
  return { scrapes, stop: () => clearInterval(timer) };
}

/** Draws a panel from scrapes. Undefined for a panel that needs PromQL. */
export function scrapedPanel(
  panel: DashboardPanel,
  scrapes: readonly Scrape[],
  period: Period,
): Panel | undefined {
  if (panel.scraped.length === 0) return undefined;
  const within = scrapes.filter(({ at }) => at >= period.from && at <= period.to);
  const series = panel.scraped.flatMap(({ by, isCounter = false, metric, name = '' }) => {
    const sums = new Map<string, [number, number][]>();
    for (const { at, samples } of within) {
      const totals = new Map<string, number>();
      for (const sample of samples) {
        if (sample.name !== metric) continue;
        const key =
          by === undefined ? name : by === 'instance' ? sample.instance : (sample.labels.get(by) ?? '');
        totals.set(key, (totals.get(key) ?? 0) + sample.value);
      }
      for (const [key, total] of totals) sums.set(key, [...(sums.get(key) ?? []), [at - period.from, total]]);
    }
    return [...sums].map(([key, points]) => ({
      name: key,
      points: isCounter ? increasePerSecond(points) : points,
    }));
  });
  return drawable(panel, series);
}

/** Returns the increase of a counter per second; 0 where it was reset. */
function increasePerSecond(points: readonly [number, number][]): [number, number][] {
  return points.slice(1).map(([at, value], index) => {
    const [before = 0, previous = 0] = points[index] ?? [];
    return [at, Math.max(0, value - previous) / Math.max(0.001, at - before)];
  });
}
