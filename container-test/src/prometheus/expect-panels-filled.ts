import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import {
  type DashboardQuery,
  dashboardSchema,
  fillVariables,
  queriesOf,
} from 'smart-grid-load-balancer/monitoring/dashboard';
import { nameProblems } from './name-problems.ts';
import { queryRange } from './prometheus-api.ts';

export type DashboardOptions = {
  /** The repository's root, absolute. */
  root: string;
  prometheusUrl: string;
  /** When the load on the services began, in seconds since 1970. */
  sinceSeconds: number;
  /** The clock, in seconds since 1970. */
  nowSeconds: () => number;
};

const folder = 'smart-grid-load-balancer/monitoring/grafana';

/** Grafana's value of $__rate_interval for a scrape interval of 5 s: four scrapes. */
const RATE_INTERVAL = '20s';

/** A rate needs two scrapes, 5 s apart, and a busy machine may need several more. */
const FILLED_TIMEOUT_MS = 45_000;

/** Waits until every query of a dashboard, sent as Grafana would, returns series that Grafana can name. */
export async function expectPanelsFilled(file: string, options: DashboardOptions): Promise<string> {
  const json = await readFile(join(options.root, folder, file), 'utf8');
  const dashboard = dashboardSchema.parse(JSON.parse(json));
  const queries = queriesOf(dashboard).map((query) => ({
    ...query,
    expr: fillVariables(dashboard, query.expr, RATE_INTERVAL),
  }));
  let problems: string[] = [];
  const filled = async () => {
    const found = await Promise.all(queries.map((query) => problemsOf(query, options)));
    problems = found.flat();
    return problems.length === 0;
  };
  await pWaitFor(filled, { interval: 1_000, timeout: FILLED_TIMEOUT_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(problems.join('\n')) : error;
  });
  return `${queries.length} queries`;
}

async function problemsOf(query: DashboardQuery, options: DashboardOptions): Promise<string[]> {
  const { expr } = query;
  const { error, series } = await queryRange(
    options.prometheusUrl,
    expr,
    options.sinceSeconds,
    options.nowSeconds(),
  );
  if (error !== undefined) return [`${query.title}: ${error}`];
  // Annotations mark rare events and may be empty.
  if (query.kind === 'annotation') return [];
  if (series.length === 0) return [`${query.title} is empty: ${expr}`];
  return nameProblems(query, series);
}
