import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../load_tester/assessment/assessment.ts';
import { summarize } from '../../load_tester/assessment/summary.ts';
import { latencyOverTime } from '../../load_tester/html/latency-over-time.ts';
import { loadInUse } from '../../load_tester/html/load-in-use.ts';
import { loadOverTime } from '../../load_tester/html/load-over-time.ts';
import { renderPage } from '../../load_tester/html/page.tsx';
import {
  accepted,
  capacityUnknown,
  failed,
  interrupted,
  record,
  rejected,
  tooLarge,
} from '../support/request-records.ts';

const records = [
  record(accepted('substation_1', 60), { kw: 60, responseMs: 4 }),
  record(rejected, { kw: 60, startedMs: 500, responseMs: 8 }),
  record(rejected, { kw: 150, startedMs: 1_500, responseMs: 2 }),
  record(failed('HTTP 500: <script>alert(1)</script>'), { startedMs: 2_500 }),
];

function page(ids = ['substation_1'], changes: Partial<Assessment> = {}, requests = records): string {
  const run = {
    records: requests,
    samples: [{ atMs: 1_000, loads: Object.fromEntries(ids.map((id) => [id, 60])) }],
    durationMs: 3_000,
  };
  const capacities = Object.fromEntries(ids.map((id) => [id, 100]));
  const assessment: Assessment = {
    summary: summarize(run, capacities),
    capacities,
    boundKw: 100,
    shareOfBound: 0.6,
    reconciliation: { substations: [], difference: { accepted: 0, acceptedKw: 0 }, unresolved: 1 },
    thresholds: [{ name: 'p99', limit: 'at most 5 ms', actual: '10.0 ms', passed: false }],
    ...changes,
  };
  return renderPage({ title: 'Open loop, rush', plan: '4 requests per second', run, assessment });
}

describe('the page of a run', () => {
  it('is self-contained: no scripts, links or other files', () => {
    expect(page()).not.toMatch(/<script|<link|<img|src=|href=|url\(|@import/);
  });

  it('draws the total load, each substation with its capacity, and the response times over time', () => {
    const html = page(['substation_1', 'substation_2']);
    const charts = [...html.matchAll(/class="time-chart" role="img" aria-label="([^"]+)"/g)];
    expect(charts.map(([, label]) => label)).toEqual([
      'Load of all substations over time',
      'Load of substation_1 over time',
      'Load of substation_2 over time',
      'Requested and accepted load over time',
      'Median and slowest response time over time',
      'Median and slowest response time of normal priority over time',
    ]);
    expect(html.match(/capacity 100 kW/g)).toHaveLength(2);
  });

  it('begins with the verdict, then draws the load in use against the capacity of all', () => {
    const html = page(['substation_1', 'substation_2']);
    const places = ['class="verdict', 'class="provenance', 'class="tiles', 'Load in use', '<h2>'].map(
      (text) => html.indexOf(text),
    );
    expect(places[0]).toBeLessThan(places[2] ?? 0);
    expect(places[2]).toBeLessThan(places[3] ?? 0);
    expect(html).toContain('capacity 200 kW');
    expect(html).toMatch(/\d+ % of the capacity on average, 30 % of the capacity at most/);
  });

  it('shows response times by priority', () => {
    const urgent = record(accepted('substation_1', 7), { priority: 'high', responseMs: 250 });
    const html = page(['substation_1'], {}, [...records, urgent]);
    expect(html).toMatch(/high<\/th><td class="number">250\.0 ms<\/td><td class="number">250\.0 ms</);
    expect(html).toMatch(/low<\/th><td class="number">none</);
    expect(html.indexOf('>high<')).toBeLessThan(html.indexOf('>low<'));
  });

  it('distinguishes a full grid from a request that fits no substation', () => {
    expect(page()).toMatch(/Grid full<\/th><td class="number">1</);
    expect(page()).toMatch(/Larger than every substation<\/th><td class="number">1</);
  });

  it('counts no request as too large when the capacities are unknown', () => {
    const html = page([], { capacities: {} });
    expect(html).toMatch(/Grid full<\/th><td class="number">2</);
    expect(html).not.toContain('Larger than every substation');
  });

  it('shows unknown capacity, interrupted sessions and refused sizes separately', () => {
    const outcomes = [tooLarge, tooLarge, capacityUnknown, interrupted, failed('HTTP 500')];
    const summary = summarize({ records: outcomes.map((outcome) => record(outcome)), durationMs: 1_000 });
    const html = page(['substation_1'], { summary });
    const rows = [...html.matchAll(/<th scope="row">([^<]+)<\/th><td class="number">(\d+)</g)];
    expect(rows.map(([, name, count]) => `${name} ${count}`)).toEqual([
      'Larger than every substation 2',
      'Capacity unknown: part of the grid did not respond 1',
      'Session interrupted: accepted, then lost 1',
      'HTTP 500 1',
    ]);
  });

  it('begins with the verdict', () => {
    expect(page()).toMatch(/<\/h1><p class="verdict fail">The run failed</);
    const summary = summarize({ records: records.slice(0, 3), durationMs: 3_000 });
    expect(page(['substation_1'], { summary, thresholds: [] })).toContain('The run passed');
  });

  it('does not call an interrupted run passed', () => {
    const summary = summarize({ records: records.slice(0, 3), durationMs: 3_000 });
    const stopped: Partial<Assessment> = { summary, thresholds: [], interrupted: true };
    expect(page(['substation_1'], stopped)).toMatch(
      /"verdict stopped">The run was interrupted<.*stopped before/,
    );
    const none = summarize({ records: [], durationMs: 3_000 });
    expect(page(['substation_1'], { ...stopped, summary: none })).toContain('>The run was interrupted<');
    expect(page(['substation_1'], { interrupted: true })).toContain('>The run failed<');
  });

  it('says that a run was interrupted', () => {
    const summary = { ...summarize({ records, durationMs: 3_000 }), abandoned: 3 };
    expect(page()).not.toContain('abandoned');
    expect(page(['substation_1'], { summary })).toContain(
      '<b>3</b><span>abandoned: the run was interrupted</span>',
    );
  });

  it('says at the top that a share above 1 is impossible, and that the grid was overloaded', () => {
    const html = page(['substation_1'], { boundKw: 50, shareOfBound: 1.2 });
    const top = html.slice(0, html.indexOf('<div class="tiles">'));
    expect(top).toContain('<b>Impossible</b> More than the bound');
    expect(top).toContain('<b>Overload</b> 292.0 kW were requested of a grid of 100.0 kW');
    expect(html).toContain('<b class="fail">1.200</b>');
  });

  it('shows no counters of a substation that lost them', () => {
    const counts = { accepted: 2, acceptedKw: 20 };
    const lost = { accepted: -2, acceptedKw: -20 };
    const reconciliation = {
      substations: [{ id: 'substation_1', acknowledged: counts, counted: lost }],
      difference: { accepted: 0, acceptedKw: 0 },
      restarted: ['substation_1'],
      unresolved: 0,
    };
    const html = page(['substation_1'], { reconciliation });
    const cells = /substation_1<\/th>(<td class="number">.*)<\/tr>/.exec(html)?.[1];
    expect(cells?.match(/[^<>]+(?=<\/td>)/g)).toEqual(['2', 'lost', '20.0', 'lost']);
    expect(html).toContain('<b>Restarted during the run</b> substation_1');
  });

  it('fits a phone: wide content scrolls by itself, with the keyboard too', () => {
    const wide = page().match(/<section class="scroll" tabindex="0" aria-label="[^"]+"><table/g);
    expect(wide).toHaveLength(2);
    expect(page().match(/<table class="(?!bars|percentiles)/g)).toBeNull();
    // Charts take the width that there is.
    expect(page()).not.toMatch(/<svg [^>]*(width=|style=)/);
  });

  it('shows percentiles and missed thresholds', () => {
    expect(page()).toMatch(/p99<\/th><td class="number">10\.0 ms</);
    expect(page()).toContain('FAIL');
  });

  it('escapes text from servers', () => {
    expect(page()).toContain('HTTP 500: &lt;script>');
    expect(page(['<b>&"'])).toContain('<h3>&lt;b>&amp;&quot;</h3>');
  });
});

describe('loadOverTime', () => {
  it('sums up requested and accepted load by the second', () => {
    expect(loadOverTime(records, 3_000)).toEqual([
      { atMs: 0, requested: 120, accepted: 60 },
      { atMs: 1_000, requested: 150, accepted: 0 },
      { atMs: 2_000, requested: 22, accepted: 0 },
    ]);
  });

  it('uses longer slots for longer runs, in the same unit', () => {
    const [first, ...rest] = loadOverTime(records, 120_000);
    expect(first).toMatchObject({ atMs: 0, requested: 135, accepted: 30 });
    expect(rest).toHaveLength(59);
  });
});

describe('loadInUse', () => {
  const samples = [
    { atMs: 1_000, loads: { a: 10, b: 20 } },
    { atMs: 2_000, loads: { a: 50 } },
  ];

  it('adds up the sessions that run, the capacities, and what the balancer believed', () => {
    const charge = accepted('a', 40);
    const durationSeconds = 1.5;
    const session = record({ ...charge, durationSeconds }, { kw: 40, startedMs: 400, responseMs: 100 });
    const run = { records: [session, record(rejected)], samples, durationMs: 3_000 };
    expect(loadInUse(run, { a: 100, b: 100 })).toEqual({
      slots: [
        { atMs: 0, kw: 20 },
        { atMs: 1_000, kw: 40 },
        { atMs: 2_000, kw: 0 },
      ],
      believed: [
        { atMs: 1_000, kw: 30 },
        { atMs: 2_000, kw: 50 },
      ],
      capacityKw: 200,
      largestKw: 40,
      averageKw: 20,
    });
  });

  it('never exceeds the capacity when sessions follow each other', () => {
    const durationSeconds = 0.7;
    const sessions = [0, 1, 2].map((number) =>
      record({ ...accepted('a', 100), durationSeconds }, { startedMs: number * 700, responseMs: 5 }),
    );
    const { largestKw } = loadInUse({ records: sessions, samples: [], durationMs: 2_500 }, { a: 100 });
    expect(largestKw).toBeLessThanOrEqual(100.001);
  });

  it('compares with no capacity that leaves out a substation', () => {
    expect(loadInUse({ records: [], samples, durationMs: 1_000 }, { a: 100 }).capacityKw).toBeUndefined();
    const none = loadInUse({ records: [], samples: [], durationMs: 0 }, {});
    expect(none).toMatchObject({ capacityKw: undefined, largestKw: 0, averageKw: 0 });
  });
});

describe('latencyOverTime', () => {
  it('has no value where no request was due', () => {
    const slow = record(accepted('substation_1', 7), { startedMs: 2_000, responseMs: 9 });
    expect(latencyOverTime([slow], 3_000)).toEqual([
      { atMs: 0, median: undefined, slowest: undefined },
      { atMs: 1_000, median: undefined, slowest: undefined },
      { atMs: 2_000, median: 9, slowest: 9 },
    ]);
  });
});
