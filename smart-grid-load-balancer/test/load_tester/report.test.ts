import { describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../load_tester/outcome.ts';
import { loadsLine, renderReport, requestLine } from '../../load_tester/report.ts';
import { summarize } from '../../load_tester/summary.ts';

const record = (
  outcome: RequestRecord['outcome'],
  { kw = 22, responseMs = 10, startedMs = 0 } = {},
): RequestRecord => ({
  request: { vehicle_id: 'EV_4821', charge_amount: kw, priority: 'normal' },
  startedMs,
  responseMs,
  outcome,
});

const accepted = (substationId: string, chargeKw: number) =>
  ({ kind: 'accepted', substationId, chargeKw, durationSeconds: 9.84 }) as const;
const rejected = { kind: 'rejected', reason: 'Insufficient capacity' } as const;
const failed = (reason: string) => ({ kind: 'failed', reason }) as const;

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
  it('says what the contract asks for, the percentiles, who took the load, and why requests failed', () => {
    expect(`\n${renderReport('Rush hour', summarize(run, 3_500))}\n`).toBe(`
Rush hour
---------
Duration                3.50 s
Total requests          7
Successful              3       42.9 %
Rejected (grid full)    1       14.3 %
Failed                  3       42.9 %
Requests per second     2.00
Load accepted           79.0 kW of 295.0 kW asked for
Average response time   11.6 ms
Minimum response time   1.0 ms
Maximum response time   30.0 ms
p50 / p95 / p99         6.0 ms / 30.0 ms / 30.0 ms
Given up, interrupted   1

Accepted by substation
  substation_2               2 requests       57.0 kW
  substation_10              1 requests       22.0 kW

Failures
       2 x HTTP 500
       1 x connection refused
`);
  });

  it('of a run without a single answer has no response times', () => {
    expect(`\n${renderReport('Rush hour', summarize([], 0))}\n`).toBe(`
Rush hour
---------
Duration                0.00 s
Total requests          0
Successful              0
Rejected (grid full)    0
Failed                  0
Requests per second     0.00
Load accepted           0.0 kW of 0.0 kW asked for
`);
  });
});

describe('the lines of a run', () => {
  it('say of each request what was asked, what became of it, and how long that took', () => {
    const lines = [
      record(accepted('substation_2', 22), { startedMs: 40, responseMs: 12.3 }),
      record(rejected, { kw: 150, startedMs: 12_040, responseMs: 3 }),
      record(failed('HTTP 500'), { kw: 7, startedMs: 59_990, responseMs: 10_000 }),
    ].map((one) => requestLine(one));
    expect(`\n${lines.join('\n')}\n`).toBe(`
   0.0 s  EV_4821  22 kW  normal  accepted     12.3 ms  substation_2, 9.8 s
  12.0 s  EV_4821 150 kW  normal  rejected      3.0 ms  Insufficient capacity
  60.0 s  EV_4821   7 kW  normal  failed    10000.0 ms  HTTP 500
`);
  });

  it('show the loads of all substations, or that they are not known', () => {
    expect(loadsLine({ substation_1: 57, substation_2: 0 }, 10_000)).toBe(
      '  10.0 s  Substation loads: substation_1 57.0 kW  substation_2 0.0 kW',
    );
    expect(loadsLine(undefined, 10_000)).toBe('  10.0 s  Substation loads: the balancer does not say');
  });
});
