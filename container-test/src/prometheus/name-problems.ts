import type { PanelQuery } from 'smart-grid-load-balancer/monitoring/dashboard';
import type { Series } from './prometheus-api.ts';

/** Lists the series of a query that Grafana would show without a name, or under the same name as another. */
export function nameProblems(
  { expr, isTable, legend, title }: PanelQuery,
  series: readonly Series[],
): string[] {
  if (legend.trim() === '') return [`${title} has no legend: ${expr}`];
  const labels = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
  const missing = labels.filter((label) => series.some((one) => (one[label] ?? '') === ''));
  if (missing.length > 0) {
    return missing.map((label) => `${title} has a series without ${label} for its legend ${legend}: ${expr}`);
  }
  const names = new Set(series.map((one) => labels.map((label) => one[label]).join(' ')));
  if (isTable || names.size === series.length) return [];
  return [
    `${title} has ${series.length} series, but only ${names.size} names by the legend ${legend}: ${expr}`,
  ];
}
