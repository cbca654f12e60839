import { setTimeout } from 'node:timers/promises';
import type { PlannedService } from '../../local-suite/plan.ts';
import { prometheusInstalled, startPrometheus } from '../../local-suite/prometheus.ts';
import type { Panel, Panels } from '../run-data.ts';
import { type DashboardChoice, readPanels } from './dashboard-panels.ts';
import { countUp, type Period, queryPanel, readVersion } from './prometheus-series.ts';
import { scrapedPanel, startScraper } from './scraper.ts';

/** Collects the services' metrics while they run. */
export type MetricsSource = {
  /** Reads the chosen panels of a dashboard over a period. */
  panels: (choice: DashboardChoice, period: Period) => Promise<Panels>;
  stop: () => Promise<void>;
};

/** 1 s instead of 5: a run of a minute gets sixty points. */
const SCRAPE_SECONDS = 1;

/** Grafana's `$__rate_interval` at that interval: four scrapes. */
const RATE_INTERVAL = '4s';

/** 15 s: a server starts within a second or two, and then scrapes every service within one. */
const SCRAPED_WITHIN_MS = 15_000;

/** Starts a Prometheus server if there is one, and otherwise scrapes the services without. */
export async function startMetrics(
  services: readonly PlannedService[],
  port: number,
  onLine: (line: string) => void,
): Promise<MetricsSource> {
  if (!(await prometheusInstalled())) return scraping(services);
  let stopping = false;
  // At its end it warns that it was asked to end.
  const onLiveLine = (line: string) => stopping || onLine(line);
  const prometheus = await startPrometheus(services, port, onLiveLine, SCRAPE_SECONDS);
  const url = `http://127.0.0.1:${port}`;
  // Panels without their first seconds are better than no report.
  const deadline = performance.now() + SCRAPED_WITHIN_MS;
  while ((await countUp(url)) < services.length && performance.now() < deadline) await setTimeout(200);
  return {
    async panels(choice, period) {
      const chosen = await readPanels(choice, RATE_INTERVAL);
      const panels = await Promise.all(chosen.map((panel) => queryPanel(url, panel, period)));
      return { ...described('prometheus', period, panels), version: await readVersion(url) };
    },
    async stop() {
      stopping = true;
      await prometheus.stop();
    },
  };
}

function scraping(services: readonly PlannedService[]): MetricsSource {
  const scraper = startScraper(services, Date.now);
  return {
    async panels(choice, period) {
      const panels = (await readPanels(choice, RATE_INTERVAL)).flatMap(
        (panel) => scrapedPanel(panel, scraper.scrapes, period) ?? [],
      );
      return described('scraped', period, panels);
    },
    async stop() {
      scraper.stop();
    },
  };
}

function described(source: Panels['source'], { from, to }: Period, panels: Panel[]): Panels {
  return { source, scrapeSeconds: SCRAPE_SECONDS, seconds: to - from, panels };
}
