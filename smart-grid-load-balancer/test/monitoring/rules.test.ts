import { describe, expect, it } from 'vitest';
import { exposedMetrics } from '../support/exposed-metrics.ts';
import { selectorsOf } from '../support/promql.ts';
import {
  readDashboard,
  readRuleNames,
  readRules,
  readRuleTestFile,
  readRuleTestNames,
} from '../support/suite-files.ts';

const files = readRuleNames();
const rules = files.flatMap(readRules).map((rule) => ({ ...rule, name: rule.record ?? rule.alert }));
const recorded = rules.flatMap(({ record }) => (record === undefined ? [] : [record]));
const alerts = rules.filter(({ alert }) => alert !== undefined);

const dashboards = ['dashboard.json', 'store-dashboard.json'].map(readDashboard);

const testFiles = readRuleTestNames().map((name) => ({ name, ...readRuleTestFile(name) }));
const tests = testFiles.flatMap((file) => file.tests);
const alertTests = tests.flatMap(({ alert_rule_test }) => alert_rule_test);

/** Metrics that Prometheus exposes itself. */
const prometheusMetrics = [
  'up',
  'prometheus_rule_evaluation_failures_total',
  'prometheus_tsdb_compactions_failed_total',
  'prometheus_tsdb_wal_writes_failed_total',
];

describe('the Prometheus rules', () => {
  it('cover the services, the grid, the store and Prometheus itself', () => {
    expect(files).toEqual(['grid', 'prometheus', 'services', 'store']);
  });

  it.each(rules)('read only exposed or recorded metrics in $name', ({ expr }) => {
    const known = [...exposedMetrics.keys(), ...recorded, ...prometheusMetrics];
    // A call like vector(0) reads no metric.
    for (const { metric } of selectorsOf(expr)) expect(known).toContain(metric);
  });

  it.each(recorded)('name %s by level, metric and operation', (name) => {
    expect(name).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/);
  });

  it.each(alerts)('give $alert a severity and a summary', ({ labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels?.severity);
    expect(annotations?.summary).toMatch(/\w/);
  });

  it.each(alerts)('explain $alert, and link its section and a dashboard', ({ alert, annotations = {} }) => {
    expect(annotations.description).toMatch(/^[A-Z].*\.$/);
    expect(annotations.runbook_url).toMatch(new RegExp(`docs/operations\\.md#${alert?.toLowerCase()}$`));
    const linked = annotations.dashboard_url?.match(/gridclock-[a-z]+/g) ?? [];
    expect(linked.length).toBeGreaterThan(0);
    for (const uid of linked) expect(dashboards.map((dashboard) => dashboard.uid)).toContain(uid);
  });

  it.each(alerts)('have a promtool test in which $alert fires', ({ alert }) => {
    const fired = alertTests.filter(({ exp_alerts }) => exp_alerts.length > 0);
    expect(fired.map(({ alertname }) => alertname)).toContain(alert);
  });

  it.each(alerts)('have a promtool test in which $alert stays silent', ({ alert }) => {
    const quiet = alertTests.filter(({ exp_alerts }) => exp_alerts.length === 0);
    expect(quiet.map(({ alertname }) => alertname)).toContain(alert);
  });

  it.each(recorded)('have a promtool test or an alert that reads %s', (name) => {
    const asked = tests.flatMap(({ promql_expr_test }) => promql_expr_test);
    const read = [...asked, ...alerts].flatMap(({ expr }) => selectorsOf(expr));
    expect(read.map(({ metric }) => metric)).toContain(name);
  });

  it('have one file of promtool tests each', () => {
    expect(testFiles.map(({ name }) => name)).toEqual(files);
  });

  // promtool 3 compares to the last bit by default. Fuzzy, it forgives one bit, which another CPU may exceed.
  it.each(testFiles)('have tests of $name that ignore the last bits of a figure', (file) => {
    expect(file.fuzzy_compare).toBe(true);
    const compared = file.tests.flatMap(({ promql_expr_test }) =>
      promql_expr_test.filter(({ exp_samples }) => exp_samples.length > 0),
    );
    for (const { expr } of compared) expect(expr).toMatch(/^round\(.*, 0\.001\)$/);
  });

  it('include the required recording rules and alerts', () => {
    expect(recorded).toEqual(
      expect.arrayContaining([
        // Every service.
        'job:http_requests:rate1m',
        'job:http_request_errors:ratio_rate1m',
        'job:http_request_duration_seconds:p99_rate1m',
        // Every substation.
        'instance:substation_utilization:ratio',
        'instance:substation_refusals:rate1m',
        'instance:substation_errors:rate1m',
      ]),
    );
    expect(alerts.map(({ alert }) => alert)).toEqual(
      expect.arrayContaining([
        'ServiceDown',
        'ServiceMissing',
        'StoreNodeMissing',
        'BufferNotDraining',
        'ReplicationLag',
        'GridSaturated',
        'BalancerViewStale',
        'ServiceFails',
        'DiskNearlyFull',
        'DiskFillingUp',
        'PrometheusCannotStore',
      ]),
    );
  });
});
