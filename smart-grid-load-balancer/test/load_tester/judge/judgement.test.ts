import { readMetric } from '@gridclock/grid-protocol';
import { failedProperties, formatJudgement, formatJunit, sumUp, toJson } from '@gridclock/judge-kit';
import { describe, expect, it } from 'vitest';
import { probes, runningProbes } from '../../../load_tester/judge/probes/index.ts';
import { profiles, properties } from '../../../load_tester/judge/properties.ts';
import { detailsOf, explain } from '../../../load_tester/judge/report/explanation.ts';
import { judgePage } from '../../../load_tester/judge/report/judge-page.tsx';
import { describeDialect, dialects, substationVariables } from '../../../load_tester/judge/system/dialect.ts';
import { metricsPage } from '../../../load_tester/judge/system/metrics-page.ts';
import type { Judgement, ProbeResult } from '../../../load_tester/judge/verdict.ts';

const { herd, routing } = properties;

const result = (changes: Partial<ProbeResult>): ProbeResult => ({
  property: 'herd',
  summary: 'twelve vehicles come at once',
  outcome: 'passed',
  steps: [],
  notes: [],
  ...changes,
});

const failure = result({
  outcome: 'failed',
  reason: 'expected: <x> & "y"\u0000',
  why: 'It is wrong.',
  steps: [
    { kind: 'action', text: '  substation_1 gets EV_1 22 kW', result: '200 accepted' },
    { kind: 'failed', text: 'they are spread', result: '<script>' },
  ],
});

const unjudged = (reason: string) => result({ property: 'routing', outcome: 'not judged', reason });

const judgement = (...results: ProbeResult[]): Judgement => ({
  subject: 'python3 balancer.py',
  profile: 'full',
  dialect: ['substations are listed in SUBSTATION_HOSTS'],
  properties: sumUp({ herd, routing }, results),
  elapsedMs: 1_234,
});

describe('sumUp', () => {
  it('fails a property that fails in one of its probes', () => {
    const { properties: verdicts } = judgement(result({}), failure);
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['failed', 'not judged']);
    expect(failedProperties({ properties: verdicts })).toEqual(['herd']);
  });
});

describe('reports of a judgement', () => {
  it('print the run of a failure and why it is one', () => {
    expect(
      formatJudgement(judgement(failure, unjudged('without it'), unjudged('without it')), explain),
    ).toEqual([
      `FAIL  herd               ${herd}`,
      '      run: twelve vehicles come at once',
      '        ·   substation_1 gets EV_1 22 kW  → 200 accepted',
      '        ✗ they are spread  but got <script>',
      '      why: It is wrong.',
      `SKIP  routing            ${routing}`,
      '      note: without it',
      '',
      'dialect: substations are listed in SUBSTATION_HOSTS',
      'WRONG  0 passed, 1 failed, 1 not judged, in 1 s (profile full)',
    ]);
  });

  it('say in JSON whether the grid is right', () => {
    expect(toJson(judgement(result({})), detailsOf)).toMatchObject({ right: true, elapsed_ms: 1234 });
    expect(toJson(judgement(failure), detailsOf)).toMatchObject({
      right: false,
      properties: [{ property: 'herd', claim: herd, outcome: 'failed' }, { outcome: 'not judged' }],
    });
  });

  it('escape what a program prints in JUnit', () => {
    const xml = formatJunit(judgement(result({}), failure));
    expect(xml).toContain('tests="2" failures="1" errors="0" skipped="0" time="1.234"');
    expect(xml).toContain('message="expected: &lt;x&gt; &amp; &quot;y&quot;"');
    expect(xml).toContain('failed: they are spread "&lt;script&gt;"');
  });

  it('show the run of a failure on the page, escaped', () => {
    const page = judgePage(judgement(failure));
    expect(page).toContain('Wrong in 1 of 2 properties');
    expect(page).toContain('It is wrong.');
    expect(page).toContain('&lt;script>');
    expect(page).not.toContain('<script>');
  });
});

describe('probes', () => {
  it('cover every property, and each says why a failure is one', () => {
    const covered = new Set(probes.map(({ property }) => property));
    expect([...covered].sort()).toEqual(Object.keys(properties).sort());
    for (const { why } of [...probes, ...runningProbes]) expect(why).toMatch(/^[A-Z].*\.$/);
    expect(profiles.full).toEqual(expect.arrayContaining([...profiles.coursework]));
  });

  it('have a summary that no other probe of the property has', () => {
    const names = probes.map(({ property, summary }) => `${property}: ${summary}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('dialects', () => {
  const at = (index: number) => ({
    id: `s${index}`,
    url: `http://h${index}:81`,
    host: `h${index}`,
    port: 81,
  });

  it('name the substations in the variables of each', () => {
    expect(dialects.map((dialect) => substationVariables(dialect, [at(1), at(2)]))).toEqual([
      { SUBSTATIONS: 's1=http://h1:81,s2=http://h2:81' },
      { SUBSTATION_HOSTS: 'h1,h2', SUBSTATION_PORT: '81' },
    ]);
  });

  it('name what deviates from the contract', () => {
    expect(describeDialect({ launch: 'SUBSTATIONS', route: '/route_charge' })).toEqual([]);
    expect(describeDialect({ launch: 'SUBSTATION_HOSTS', route: '/assign_substation' })).toHaveLength(2);
  });
});

describe('metricsPage', () => {
  const powers = { load: 25, capacity: 100, charged: [1, 2] };

  it('shows the load in the Prometheus format', () => {
    const { text } = metricsPage('true', powers);
    expect(readMetric(text, 'substation_current_load')).toBe(25);
    expect(readMetric(text, 'substation_utilization_percent')).toBe(25);
  });

  it.each([
    ['nan', Number.NaN],
    ['missing', undefined],
    ['negative', -1_000],
    ['infinite', Number.NEGATIVE_INFINITY],
    ['garbage', undefined],
  ] as const)('shows no usable load as %s', (script, shown) => {
    expect(readMetric(metricsPage(script, powers).text, 'substation_current_load')).toBe(shown);
  });
});
