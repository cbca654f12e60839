import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { gridDashboard } from './grid.ts';
import { storeDashboard } from './store.ts';

/** The files that Grafana reads, by their paths from the folder above, and what is in them. */
export const dashboardFiles: ReadonlyMap<string, string> = new Map([
  ['dashboard.json', textOf(gridDashboard)],
  ['store-dashboard.json', textOf(storeDashboard)],
]);

function textOf(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
