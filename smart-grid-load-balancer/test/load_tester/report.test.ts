import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../load_tester/assessment/assessment.ts';
import { summarize } from '../../load_tester/assessment/summary.ts';
import { checkThresholds } from '../../load_tester/assessment/thresholds.ts';
import { formatLoads, formatReport, formatRequest } from '../../load_tester/report.ts';
import {
  accepted,
  capacityUnknown,
  failed,
  interrupted,
  record,
  rejected,
  tooLarge,
} from '../support/request-records.ts';

const unassessed = { capacities: {}, boundKw: undefined, shareOfBound: undefined, reconciliation: undefined };

const run = [
  record(accepted('substation_10', 22), { responseMs: 4 }),
  record(accepted('substation_2', 50), { kw: 50, responseMs: 6 }),
  record(accepted('substation_2', 7), { kw: 7, responseMs: 2 }),
  record(rejected, { kw: 150, responseMs: 8 }),
  record(failed('HTTP 500'), { responseMs: 30 }),
  record(failed('HTTP 500'), { responseMs: 30 }),
  record(failed('connection refused'), { responseMs: 1 }),
  record({ kind: 'abandoned' }, { responseMs: 5_000 }),
];

describe('the report of a run', () => {
  it('shows the contract’s figures, percentiles, totals by substation, and failures', () => {
    const summary = summarize({ records: run, durationMs: 3_500 });
    const assessment: Assessment = {
      summary,
      capacities: { substation_2: 60, substation_10: 60 },
      boundKw: 100,
      shareOfBound: 0.79,
      reconciliation: {
        substations: [],
        difference: { accepted: 1, acceptedKw: 22 },
        unresolved: 4,
      },
      thresholds: checkThresholds({ minAccepted: 0.9, maxP99Ms: 250 }, { shareOfBound: 0.79, p99Ms: 30 }),
    };
    expect(`\n${formatReport('Rush hour', assessment)}\n`).toBe(`
Rush hour
---------
Duration                3.50 s
Total requests          7
Successful              3       42.9 %
Rejected (grid full)    1       14.3 %
Failed                  3       42.9 %
Requests per second     2.00
Average response time   11.6 ms
Minimum response time   1.0 ms
Maximum response time   30.0 ms
p50 / p95 / p99         6.0 ms / 30.0 ms / 30.0 ms
Abandoned (interrupted) 1

Accepted by substation
  substation_2               2 requests       57.0 kW
  substation_10              1 request        22.0 kW

Failures
       2 x HTTP 500
       1 x connection refused

Accepted load           79.0 kW of 295.0 kW requested
  share of the bound    0.790 of 100.0 kW, the most that any routing of an empty grid could accept
Clients vs. substations 1 request, 22.0 kW difference (4 requests without a definite response)
FAIL  Accepted share of the bound: 0.790, at least 0.9
PASS  p99 response time: 30.0 ms, at most 250 ms
`);
  });

  it('counts refused sizes, unknown capacity and interrupted sessions separately', () => {
    const outcomes = [
      rejected,
      tooLarge,
      tooLarge,
      capacityUnknown,
      interrupted,
      interrupted,
      failed('HTTP 500'),
    ];
    const summary = summarize({ records: outcomes.map((outcome) => record(outcome)), durationMs: 1_000 });
    expect(summary).toMatchObject({ total: 7, rejected: 3, tooLarge: 2, failed: 4 });
    expect(summary).toMatchObject({ capacityUnknown: 1, sessionInterrupted: 2 });
    const report = formatReport('Rush hour', { summary, ...unassessed, thresholds: [] });
    expect(report.slice(report.indexOf('Successful'), report.indexOf('Requests per'))).toBe(`\
Successful              0        0.0 %
Rejected (grid full)    1       14.3 %
Rejected (too large)    2       28.6 %
Failed                  4       57.1 %
  capacity unknown      1       14.3 %
  session interrupted   2       28.6 %
`);
  });

  it('counts a full grid’s rejections as too large by the largest known capacity', () => {
    const records = [record(rejected, { kw: 150 }), record(rejected, { kw: 100 })];
    const capacities = { substation_1: 80, substation_2: 120 };
    expect(summarize({ records, durationMs: 1_000 }, capacities)).toMatchObject({ rejected: 2, tooLarge: 1 });
    expect(summarize({ records, durationMs: 1_000 })).toMatchObject({ rejected: 2, tooLarge: 0 });
  });

  it.each([
    [8_523, 1_800, true],
    [5_401, 1_800, true],
    [5_400, 1_800, false],
  ])('says whether %d kW are far more than a grid can take', (requestedKw, boundKw, overloaded) => {
    const summary = { ...summarize({ records: run, durationMs: 60_000 }), requestedKw };
    const capacities = { substation_1: 80, substation_2: 120, substation_3: 100 };
    const report = formatReport('Rush hour', { ...unassessed, summary, capacities, boundKw, thresholds: [] });
    expect(report.includes('  Overload              ')).toBe(overloaded);
    expect(
      report.includes(
        `${requestedKw}.0 kW were requested of a grid of 300.0 kW, which could accept at most 1800.0 kW of them`,
      ),
    ).toBe(overloaded);
  });

  it('names the substations that are missing in --substations', () => {
    const reconciliation = {
      substations: [],
      difference: { accepted: 0, acceptedKw: 0 },
      notListed: ['substation_2', 'substation_3'],
      unresolved: 0,
    };
    const summary = summarize({ records: run, durationMs: 1_000 });
    const report = formatReport('Rush hour', { ...unassessed, summary, reconciliation, thresholds: [] });
    expect(report).toContain(
      'Not in --substations    substation_2, substation_3: not compared. Add the missing URLs to --substations.',
    );
  });

  it('shows no response times when no request ended', () => {
    const summary = summarize({ records: [], durationMs: 0 });
    const report = formatReport('Rush hour', { summary, ...unassessed, thresholds: [] });
    expect(`\n${report}\n`).toBe(`
Rush hour
---------
Duration                0.00 s
Total requests          0
Successful              0
Rejected (grid full)    0
Failed                  0
Requests per second     0.00

Accepted load           0.0 kW of 0.0 kW requested
  share of the bound    unknown: the balancer does not report capacities. Set LOAD_BALANCER_URL.
Clients vs. substations not compared: not every counter could be read. Set --substations.
`);
  });
});

describe('the lines of a run', () => {
  it('show each request, its outcome and its response time', () => {
    const lines = [
      record(accepted('substation_2', 22), { startedMs: 40, responseMs: 12.3 }),
      record(rejected, { kw: 150, startedMs: 12_040, responseMs: 3 }),
      record(failed('HTTP 500'), { kw: 7, startedMs: 59_990, responseMs: 10_000 }),
    ].map((one) => formatRequest(one));
    expect(`\n${lines.join('\n')}\n`).toBe(`
   0.0 s  EV_4821  22 kW  normal  accepted     12.3 ms  substation_2, 9.8 s
  12.0 s  EV_4821 150 kW  normal  rejected      3.0 ms  Insufficient capacity
  60.0 s  EV_4821   7 kW  normal  failed    10000.0 ms  HTTP 500
`);
  });

  it('show the loads of all substations, or that they are unknown', () => {
    expect(formatLoads({ substation_1: 57, substation_2: 0 }, 10_000)).toBe(
      '  10.0 s  Substation loads: substation_1 57.0 kW  substation_2 0.0 kW',
    );
    expect(formatLoads(undefined, 10_000)).toBe('  10.0 s  Substation loads: not reported by the balancer');
  });
});
