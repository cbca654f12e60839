import { describe, expect, it } from 'vitest';
import { type Dashboard, fillVariables, queriesOf } from '../../monitoring/dashboard.ts';
import { dashboardFiles } from '../../monitoring/grafana/dashboards/files.ts';
import { exposedMetrics } from '../support/exposed-metrics.ts';
import { selectorsOf } from '../support/promql.ts';
import {
  readDashboard,
  readDashboardText,
  readPrometheusConfig,
  readRuleNames,
  readRules,
} from '../support/suite-files.ts';

const grid = readDashboard('dashboard.json');
const store = readDashboard('store-dashboard.json');
/** The job of the store's dashboard. */
const STORE_JOB = 'vector_clock_kv_store';
const jobs = readPrometheusConfig().scrape_configs.map(({ job_name }) => job_name);

it.each([...dashboardFiles])('the file %s matches its sources (else: npm run dashboards)', (name, text) => {
  expect(readDashboardText(name)).toBe(text);
});

it('every Prometheus job is on one of the dashboards', () => {
  const shown = [grid, store].flatMap(({ templating }) =>
    templating.list.flatMap(({ name, allValue }) => (name === 'job' ? (allValue?.split('|') ?? []) : [])),
  );
  expect(shown.sort()).toEqual([...jobs].sort());
});

describe.each([
  { dashboard: grid, uid: 'gridclock-grid', other: store },
  { dashboard: store, uid: 'gridclock-store', other: grid },
])('the dashboard $uid', ({ dashboard, uid, other }) => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const selectors = queriesOf(dashboard).flatMap(({ title, expr }) =>
    selectorsOf(expr.replaceAll('$__rate_interval', '1m')).map((selector) => ({ title, expr, ...selector })),
  );

  it('can be provisioned: fixed uid, no id, current schema, not editable', () => {
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

  it('shows instances by name, and selects them by address', () => {
    const variable = dashboard.templating.list.find(({ name }) => name === 'instance');
    // As Grafana writes the series of `query_result`.
    const series = '{instance="10.0.0.5",name="substation_7"} 1 1700000000000';
    const [, pattern = ''] = /^\/(.*)\/$/.exec(String(variable?.regex)) ?? [];
    expect(new RegExp(pattern).exec(series)?.groups).toEqual({ text: 'substation_7', value: '10.0.0.5' });
  });

  it.each(panels)('describes panel "$title" and its unit', (panel) => {
    expect(panel.title).not.toBe('');
    expect(panel.description).toMatch(/\w.*\.$/);
    expect(panel.fieldConfig?.defaults.unit).toMatch(/\w/);
    expect(panel.targets.length).toBeGreaterThan(0);
    const datasources = [panel.datasource, ...panel.targets.map(({ datasource }) => datasource)];
    for (const { legendFormat } of panel.targets) expect(legendFormat).toMatch(/\S/);
    for (const datasource of datasources) expect(datasource?.uid).toMatch(/^\$\{datasource\}$/);
  });

  it('places every panel on the grid without overlaps', () => {
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

  it('queries only exposed metrics, for the selected jobs and instances', () => {
    for (const { title, metric, matchers } of selectors) {
      // Prometheus itself exposes the last two.
      expect([...exposedMetrics.keys(), 'up', 'ALERTS'], title).toContain(metric);
      expect(matchers, title).toEqual(expect.arrayContaining(['job=~"$job"', 'instance=~"$instance"']));
    }
  });

  it('reads counters as increases over $__rate_interval', () => {
    const counters = selectors.filter(({ metric }) => exposedMetrics.get(metric) === 'counter');
    expect(counters).not.toEqual([]);
    for (const { title, metric, functions, expr } of counters) {
      expect(['rate', 'increase'], `${title}: ${metric}`).toContain(functions[0]);
      expect(expr, title).toContain('[$__rate_interval]');
    }
  });

  it('leaves no gap between panels', () => {
    const height = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    const area = dashboard.panels.reduce((sum, { gridPos }) => sum + gridPos.w * gridPos.h, 0);
    expect(area).toBe(24 * height);
  });

  it('shows an overview first, then rate, errors and duration', () => {
    expect(rowTitles(dashboard).slice(0, 2)).toEqual(['Overview', 'Requests: rate, errors, duration']);
    const firstRows = dashboard.panels.filter(({ gridPos }) => gridPos.y > 0 && gridPos.y < 9);
    expect(new Set(firstRows.map(({ type }) => type))).toEqual(
      dashboard === grid ? new Set(['stat', 'gauge']) : new Set(['stat']),
    );
  });

  it('shows only its own system when All is selected, and alerts without an instance', () => {
    const filled = fillVariables(dashboard, '{job=~"$job", instance=~"$instance"}[$__rate_interval]', '20s');
    const own = dashboard === grid ? jobs.filter((job) => job !== STORE_JOB) : [STORE_JOB];
    expect(filled).toMatch(/^\{job=~"([a-z_|]+)", instance=~"\.\*"\}\[20s\]$/);
    expect(/job=~"([^"]+)"/.exec(filled)?.[1]?.split('|').sort()).toEqual(own.sort());
  });

  it('marks restarts, alerts and faults', () => {
    const marks = new Map(dashboard.annotations.list.map(({ name, target }) => [name, target.expr]));
    expect(marks.get('Restarts')).toContain('process_start_time_seconds');
    expect(marks.get('Alerts')).toContain('alertstate="firing"');
    expect(marks.get(dashboard === grid ? 'Substations ejected' : 'Refused messages')).toMatch(/^increase/);
  });

  it('links to the other dashboard', () => {
    expect(dashboard.links.map(({ url }) => url)).toContain(`/d/${other.uid}`);
  });
});

function rowTitles({ panels }: Dashboard): string[] {
  return panels.flatMap(({ type, title }) => (type === 'row' ? [title] : []));
}

describe('the thresholds of panels', () => {
  const alerts = new Map(
    readRuleNames()
      .flatMap(readRules)
      .flatMap(({ alert, expr }) => (alert === undefined ? [] : [[alert, expr] as const])),
  );

  it.each([
    { panel: 'Grid utilisation', alert: 'GridSaturated' },
    { panel: 'Oldest view', alert: 'BalancerViewStale' },
    { panel: 'Age of the view', alert: 'BalancerViewStale' },
    { panel: 'Errors', alert: 'ServiceFails' },
    { panel: 'Event loop delay', alert: 'EventLoopLate' },
    { panel: 'Oldest waiting message', alert: 'BufferNotDraining' },
    { panel: 'Longest wait in the buffer', alert: 'BufferNotDraining' },
    { panel: 'Furthest behind', alert: 'ReplicationLag' },
    { panel: 'Peer lag', alert: 'ReplicationLag' },
    { panel: 'Slowest deliveries', alert: 'DeliverySlow' },
    { panel: 'Slowest deliveries by node', alert: 'DeliverySlow' },
    { panel: 'Commit duration', alert: 'CommitsSlow' },
  ])('turn "$panel" red where $alert fires', ({ panel, alert }) => {
    const threshold = Number(/> ([0-9.]+)\s*$/.exec(alerts.get(alert) ?? '')?.[1]);
    expect(redOf(panel)).toEqual(threshold);
  });

  it('turn a disk red where DiskNearlyFull fires, which compares free space', () => {
    const free = Number(/< ([0-9.]+)\s*$/.exec(alerts.get('DiskNearlyFull') ?? '')?.[1]);
    for (const panel of ['Disk used', 'Fullest disk']) expect(redOf(panel), panel).toBeCloseTo(1 - free);
  });

  it('are the same share of capacity for a substation and the grid', () => {
    expect(redOf('Utilisation')).toBe(100 * (redOf('Grid utilisation') ?? 0));
  });
});

/** The value from which the first panel with this title is red. */
function redOf(title: string): number | null | undefined {
  const panel = [...grid.panels, ...store.panels].find((candidate) => candidate.title === title);
  return panel?.fieldConfig?.defaults.thresholds.steps.find(({ color }) => color === 'red')?.value;
}

describe("the grid's dashboard", () => {
  it.each([
    'Substation load overview',
    'Utilisation',
    'Load distribution over time',
    'Active sessions',
    'Capacity against load',
    'Total grid load',
    'Request rate',
    'Queued requests',
    'Repeated requests',
    'Substations ejected',
    'Age of the view',
  ])('has the panel "%s"', (title) => {
    expect(grid.panels.map((panel) => panel.title)).toContain(title);
  });
});

describe("the store's dashboard", () => {
  it.each([
    'Delivery delay',
    'Longest wait in the buffer',
    'Peer lag',
    'Disk used',
    'Data file',
    'Commit duration',
    'Writes per commit',
    'Nodes by status',
  ])('has the panel "%s"', (title) => {
    expect(store.panels.map((panel) => panel.title)).toContain(title);
  });
});
