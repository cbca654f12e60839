import { describe, expect, it } from 'vitest';
import { assess, hasFailed, readBaseline } from '../../load_tester/assessment/assessment.ts';
import { boundOfRun } from '../../load_tester/assessment/bound-of-run.ts';
import { checkThresholds } from '../../load_tester/assessment/thresholds.ts';
import type { AcceptedTotals, GridClient, GridStatus } from '../../workload/grid-client.ts';
import type { RequestRecord } from '../../workload/outcome.ts';
import { accepted, failed, record, rejected } from '../support/request-records.ts';

/** A grid of one substation of 100 kW. Each reading of its totals takes the next of the list. */
function grid(
  totals: (AcceptedTotals | undefined)[],
  status: GridStatus | undefined = oneSubstation,
): GridClient {
  return {
    charge: async () => rejected,
    status: async () => status,
    acceptedTotals: async () => totals.shift(),
    connectionError: async () => undefined,
  };
}

const oneSubstation: GridStatus = {
  loads: { substation_1: 0 },
  capacities: { substation_1: 100 },
  urls: { substation_1: 'http://substation_1:8001' },
};

const counted = (requests: number, kw: number): AcceptedTotals => ({ accepted: requests, acceptedKw: kw });

async function assessed(records: RequestRecord[], client: GridClient, thresholds = {}) {
  const baseline = await readBaseline(client);
  return assess(client, { records, samples: [], durationMs: 1_000 }, baseline, thresholds);
}

describe('the assessment of a run', () => {
  const run = [record(accepted('substation_1', 60), { kw: 60 }), record(rejected, { kw: 60 })];

  it('compares the accepted load with the most that any routing could accept', async () => {
    const assessment = await assessed(run, grid([counted(0, 0), counted(1, 60)]));
    expect(assessment).toMatchObject({ boundKw: 100, shareOfBound: 0.6 });
    expect(hasFailed(assessment)).toBe(false);
  });

  it('fails when more was accepted than any routing could', async () => {
    const twice = [1, 2].map(() => record(accepted('substation_1', 100), { kw: 100 }));
    const assessment = await assessed(twice, grid([counted(0, 0), counted(2, 200)]), { minAccepted: 0.9 });
    expect(assessment.shareOfBound).toBe(2);
    expect(assessment.thresholds).toMatchObject([{ passed: false, actual: '2.000 (impossible)' }]);
    expect(hasFailed(assessment)).toBe(true);
  });

  it('allows for sessions that start late after a wait', () => {
    const late = { ...record(accepted('substation_1', 100), { kw: 100 }), responseMs: 60_000 };
    expect(boundOfRun([record(accepted('substation_1', 100), { kw: 100 }), late], [100])).toBe(200);
  });

  it('explains a substation that lost its counters with its restart', async () => {
    const totals = [
      { ...counted(5, 300), startedAtS: 1 },
      { ...counted(1, 60), startedAtS: 2 },
    ];
    const assessment = await assessed(run, grid(totals));
    expect(assessment.reconciliation).toMatchObject({
      restarted: ['substation_1'],
      difference: { accepted: 0 },
    });
    expect(hasFailed(assessment)).toBe(false);
  });

  it('does not fail because --substations lists only a part of the grid', async () => {
    const status = { ...oneSubstation, loads: { substation_1: 0, substation_2: 0 } };
    const records = [...run, record(accepted('substation_2', 22))];
    const assessment = await assessed(records, grid([counted(0, 0), counted(1, 60)], status));
    expect(assessment.reconciliation).toMatchObject({
      notListed: ['substation_2'],
      difference: { accepted: 0, acceptedKw: 0 },
    });
    expect(hasFailed(assessment)).toBe(false);
  });

  it('fails when a threshold is missed', async () => {
    const thresholds = { minAccepted: 0.9 };
    const assessment = await assessed(run, grid([counted(0, 0), counted(1, 60)]), thresholds);
    expect(assessment.thresholds).toMatchObject([{ passed: false, actual: '0.600' }]);
    expect(hasFailed(assessment)).toBe(true);
  });

  it('fails when the counters disagree although every request got a response', async () => {
    const assessment = await assessed(run, grid([counted(0, 0), counted(2, 120)]));
    expect(assessment.summary.failed).toBe(0);
    expect(hasFailed(assessment)).toBe(true);
  });

  it('passes when an abandoned request can explain the difference', async () => {
    const interrupted = [...run, record({ kind: 'abandoned' })];
    expect(hasFailed(await assessed(interrupted, grid([counted(0, 0), counted(2, 82)])))).toBe(false);
  });

  it('fails when a request failed, and when none ended', async () => {
    const idle = () => grid([counted(0, 0), counted(0, 0)]);
    expect(hasFailed(await assessed([record(failed('HTTP 500'))], idle()))).toBe(true);
    expect(hasFailed(await assessed([], idle()))).toBe(true);
  });

  it('omits what the balancer or a substation does not report', async () => {
    const quiet = await assessed(run, { ...grid([]), status: async () => undefined });
    expect(quiet).toMatchObject({ boundKw: undefined, shareOfBound: undefined, reconciliation: undefined });
    expect(hasFailed(quiet)).toBe(false);
    expect((await assessed(run, grid([undefined, undefined]))).reconciliation).toBeUndefined();
  });
});

describe('the bound of a run', () => {
  it('assumes that rejected sessions last as long as accepted ones of their priority', () => {
    const run = (priority: 'low' | 'high') => [
      record(accepted('substation_1', 100, 10), { kw: 100, priority: 'high' }),
      record(accepted('substation_1', 100, 20), { kw: 100, startedMs: 20_000, priority: 'low' }),
      record(rejected, { kw: 100, startedMs: 50_000, priority }),
      record(rejected, { kw: 100, startedMs: 65_000, priority: 'high' }),
    ];
    // When the last request arrives, a 10 s session of high priority has ended; a 20 s one of low has not.
    expect(boundOfRun(run('high'), [100])).toBe(400);
    expect(boundOfRun(run('low'), [100])).toBe(300);
  });

  it('is unknown when nothing was accepted', () => {
    expect(boundOfRun([record(rejected)], [100])).toBeUndefined();
  });
});

describe('thresholds', () => {
  it('pass at the limit, and fail beyond it', () => {
    const at = checkThresholds({ minAccepted: 0.9, maxP99Ms: 250 }, { shareOfBound: 0.9, p99Ms: 250 });
    expect(at.map(({ passed }) => passed)).toEqual([true, true]);
    const beyond = checkThresholds(
      { minAccepted: 0.9, maxP99Ms: 250 },
      { shareOfBound: 0.899, p99Ms: 250.1 },
    );
    expect(beyond.map(({ passed }) => passed)).toEqual([false, false]);
  });

  it('fail when nothing was measured', () => {
    const unknown = checkThresholds(
      { minAccepted: 0, maxP99Ms: 250 },
      { shareOfBound: undefined, p99Ms: undefined },
    );
    expect(unknown.map(({ actual, passed }) => [actual, passed])).toEqual([
      ['unknown', false],
      ['unknown', false],
    ]);
  });

  it('are not checked unless set', () => {
    expect(checkThresholds({}, { shareOfBound: 0, p99Ms: 1e9 })).toEqual([]);
  });
});
