import { describe, expect, it } from 'vitest';
import { queriesOf } from '../../monitoring/dashboard.ts';
import { exposedMetrics } from './exposed-metrics.ts';
import { readDashboard } from './files.ts';
import { selectorsOf } from './promql.ts';

const grid = readDashboard('dashboard.json');
const store = readDashboard('store-dashboard.json');

describe.each([
  { dashboard: grid, uid: 'gridclock-grid', other: store },
  { dashboard: store, uid: 'gridclock-store', other: grid },
])('the dashboard $uid', ({ dashboard, uid, other }) => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const selectors = queriesOf(dashboard).flatMap(({ title, expr }) =>
    selectorsOf(expr.replaceAll('$__rate_interval', '1m')).map((selector) => ({ title, expr, ...selector })),
  );

  it('loads from a file as it is: fixed uid, no id, current schema, not editable', () => {
    expect(dashboard).toMatchObject({ uid, id: null, schemaVersion: 42, editable: false });
    expect(dashboard.title).not.toBe('');
    expect(dashboard).not.toHaveProperty('dashboard');
  });

  it('offers the data source, the job and the instance as variables', () => {
    expect(dashboard.templating.list.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'datasource: datasource',
      'job: query',
      'instance: query',
    ]);
  });

  it.each(panels)('says in panel "$title" what it shows, in which unit', (panel) => {
    expect(panel.title).not.toBe('');
    expect(panel.description).toMatch(/\w.*\.$/);
    expect(panel.fieldConfig?.defaults.unit).toMatch(/\w/);
    expect(panel.targets.length).toBeGreaterThan(0);
    const datasources = [panel.datasource, ...panel.targets.map(({ datasource }) => datasource)];
    for (const datasource of datasources) expect(datasource?.uid).toMatch(/^\$\{datasource\}$/);
  });

  it('places every panel on the grid, none over another', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x},${y}`), `under ${title}`).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('asks only for what the services expose, for the chosen jobs and instances', () => {
    for (const { title, metric, matchers } of selectors) {
      expect([...exposedMetrics.keys(), 'up'], title).toContain(metric);
      expect(matchers, title).toEqual(expect.arrayContaining(['job=~"$job"', 'instance=~"$instance"']));
    }
  });

  it('reads counters as increases, over an interval that Grafana fits to the scrapes', () => {
    const counters = selectors.filter(({ metric }) => exposedMetrics.get(metric) === 'counter');
    expect(counters).not.toEqual([]);
    for (const { title, metric, functions, expr } of counters) {
      expect(['rate', 'increase'], `${title}: ${metric}`).toContain(functions[0]);
      expect(expr, title).toContain('[$__rate_interval]');
    }
  });

  it('links to the other dashboard', () => {
    expect(dashboard.links.map(({ url }) => url)).toContain(`/d/${other.uid}`);
  });
});

describe("the grid's dashboard", () => {
  it.each([
    'Substation load overview',
    'Utilisation',
    'Load distribution over time',
    'Active sessions',
    'Capacity against load',
    'Total grid load',
    'Request rate',
  ])('has the panel "%s"', (title) => {
    expect(grid.panels.map((panel) => panel.title)).toContain(title);
  });
});
