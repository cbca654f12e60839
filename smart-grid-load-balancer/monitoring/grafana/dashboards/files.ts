import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { gridDashboard } from './grid.ts';
import { storeDashboard } from './store.ts';

/** Fields that the SDK adds to variables and tables, but that the schema of Grafana 13.1 does not have. */
const unknownToGrafana = new Set(['auto', 'auto_min', 'auto_count', 'footer']);

/** The content of the dashboard files, by path relative to the parent folder. */
export const dashboardFiles: ReadonlyMap<string, string> = new Map([
  ['dashboard.json', toJson(gridDashboard)],
  ['store-dashboard.json', toJson(storeDashboard)],
]);

function toJson(dashboard: Dashboard): string {
  const json = JSON.stringify(
    dashboard,
    (key, value: unknown) => (unknownToGrafana.has(key) ? undefined : value),
    2,
  );
  return `${json}\n`;
}
