import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { gridDashboard } from './grid.ts';
import { storeDashboard } from './store.ts';

/** The content of the dashboard files, by path relative to the parent folder. */
export const dashboardFiles: ReadonlyMap<string, string> = new Map([
  ['dashboard.json', toJson(gridDashboard)],
  ['store-dashboard.json', toJson(storeDashboard)],
]);

function toJson(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
