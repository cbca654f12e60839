import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import {
  type DashboardQuery,
  dashboardSchema,
  fillVariables,
  queriesOf,
} from 'smart-grid-load-balancer/monitoring/dashboard.ts';
import { queryRange } from './api.ts';

export type DashboardOptions = {
  /** The repository's root, absolute. */
  root: string;
  prometheusUrl: string;
  /** When the services came under load, in seconds since 1970. */
  since: number;
  /** The clock, in seconds since 1970. */
  now: () => number;
};

const folder = 'smart-grid-load-balancer/monitoring/grafana';

/** What Grafana makes of $__rate_interval at a scrape interval of 5 s: four of them. */
const RATE_INTERVAL = '20s';

/** A rate needs two scrapes, 5 s apart; a few more may pass on a busy machine. */
const SHOWN_WITHIN_MS = 45_000;

/** Asks the real Prometheus each query of a dashboard, as Grafana would, until every panel has an answer. */
export async function expectPanelsFilled(file: string, options: DashboardOptions): Promise<string> {
  const text = await readFile(join(options.root, folder, file), 'utf8');
  const dashboard = dashboardSchema.parse(JSON.parse(text));
  const queries = queriesOf(dashboard).map((query) => ({
    ...query,
    expr: fillVariables(dashboard, query.expr, RATE_INTERVAL),
  }));
  let complaints: string[] = [];
  const filled = async () => {
    const said = await Promise.all(queries.map((query) => complaint(query, options)));
    complaints = said.filter((text) => text !== undefined);
    return complaints.length === 0;
  };
  await pWaitFor(filled, { interval: 1_000, timeout: SHOWN_WITHIN_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(complaints.join('\n')) : error;
  });
  return `${queries.length} queries`;
}

async function complaint(query: DashboardQuery, options: DashboardOptions): Promise<string | undefined> {
  const { expr } = query;
  const answer = await queryRange(options.prometheusUrl, expr, options.since, options.now());
  if (answer.error !== undefined) return `${query.title}: ${answer.error}`;
  // An annotation marks what happens seldom: it may well have nothing to show.
  if (query.kind === 'panel' && answer.samples === 0) return `${query.title} is empty: ${expr}`;
  return undefined;
}
