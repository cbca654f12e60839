import { describe, expect, it } from 'vitest';
import { exposedMetrics } from './exposed-metrics.ts';
import { readRuleNames, readRules, readRuleTests } from './files.ts';
import { selectorsOf } from './promql.ts';

const files = readRuleNames();
const rules = files.flatMap(readRules).map((rule) => ({ ...rule, name: rule.record ?? rule.alert }));
const recorded = rules.flatMap(({ record }) => (record === undefined ? [] : [record]));
const alerts = rules.filter(({ alert }) => alert !== undefined);

describe('the rules of Prometheus', () => {
  it('are there for the services, the grid and the store', () => {
    expect(files).toEqual(['grid', 'services', 'store']);
  });

  it.each(rules)('read in $name only what is exposed or recorded', ({ expr }) => {
    const known = [...exposedMetrics.keys(), ...recorded, 'up'];
    // A call like vector(0) reads no metric.
    for (const { metric } of selectorsOf(expr)) expect(known).toContain(metric);
  });

  it.each(recorded)('name %s by level, metric and operation', (name) => {
    expect(name).toMatch(/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/);
  });

  it.each(alerts)('say with $alert how bad it is, and what it is', ({ labels, annotations }) => {
    expect(['critical', 'warning', 'info']).toContain(labels?.severity);
    expect(annotations?.summary).toMatch(/\w/);
  });

  it.each(alerts)('are shown to fire with $alert by a test that promtool runs', ({ alert }) => {
    const fired = files.flatMap(readRuleTests).filter(({ alerts }) => alerts.length > 0);
    expect(fired.map(({ alertname }) => alertname)).toContain(alert);
  });
});
