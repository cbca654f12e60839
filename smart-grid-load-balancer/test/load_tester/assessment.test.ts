import { describe, expect, it } from 'vitest';
import { assess, hasFailed, readOpening } from '../../load_tester/assessment/assessment.ts';
import { boundOfRun } from '../../load_tester/assessment/bound-of-run.ts';
import type { Counters } from '../../load_tester/assessment/reconcile.ts';
import { judge } from '../../load_tester/assessment/thresholds.ts';
import type { GridClient, GridStatus } from '../../load_tester/grid-client.ts';
import type { RequestRecord } from '../../workload/outcome.ts';
import { accepted, failed, record, rejected } from '../support/request-records.ts';

/** A grid of one substation of 100 kW whose counters are read from a list, one reading after another. */
function grid(
  counters: (Counters | undefined)[],
  status: GridStatus | undefined = oneSubstation,
): GridClient {
  return {
    charge: async () => rejected,
    status: async () => status,
    counters: async () => counters.shift(),
    unreachable: async () => undefined,
  };
}

const oneSubstation: GridStatus = {
  loads: { substation_1: 0 },
  capacities: { substation_1: 100 },
  urls: { substation_1: 'http://substation_1:8001' },
};

const counted = (requests: number, kw: number): Counters => ({ accepted: requests, acceptedKw: kw });

async function assessed(records: RequestRecord[], client: GridClient, limits = {}) {
  const opening = await readOpening(client);
  return assess(client, { records, samples: [], durationMs: 1_000 }, opening, limits);
}

describe('the assessment of a run', () => {
  const run = [record(accepted('substation_1', 60), { kw: 60 }), record(rejected, { kw: 60 })];

  it('sets the accepted load against the most that any routing could accept', async () => {
    const assessment = await assessed(run, grid([counted(0, 0), counted(1, 60)]));
    expect(assessment).toMatchObject({ boundKw: 100, shareOfBound: 0.6 });
    expect(hasFailed(assessment)).toBe(false);
  });

  it('fails when a limit is missed', async () => {
    const limits = { minAccepted: 0.9 };
    const assessment = await assessed(run, grid([counted(0, 0), counted(1, 60)]), limits);
    expect(assessment.verdicts).toMatchObject([{ passed: false, actual: '0.600' }]);
    expect(hasFailed(assessment)).toBe(true);
  });

  it('fails when a substation counted otherwise although every answer was heard', async () => {
    const assessment = await assessed(run, grid([counted(0, 0), counted(2, 120)]));
    expect(assessment.summary.failed).toBe(0);
    expect(hasFailed(assessment)).toBe(true);
  });

  it('does not blame the grid for a difference that an interrupted request explains', async () => {
    const interrupted = [...run, record({ kind: 'abandoned' })];
    expect(hasFailed(await assessed(interrupted, grid([counted(0, 0), counted(2, 82)])))).toBe(false);
  });

  it('fails when a request failed, and when none ended', async () => {
    const counters = () => grid([counted(0, 0), counted(0, 0)]);
    expect(hasFailed(await assessed([record(failed('HTTP 500'))], counters()))).toBe(true);
    expect(hasFailed(await assessed([], counters()))).toBe(true);
  });

  it('leaves out what a balancer or a substation of another make does not tell', async () => {
    const quiet = await assessed(run, { ...grid([]), status: async () => undefined });
    expect(quiet).toMatchObject({ boundKw: undefined, shareOfBound: undefined, reconciliation: undefined });
    expect(hasFailed(quiet)).toBe(false);
    expect((await assessed(run, grid([undefined, undefined]))).reconciliation).toBeUndefined();
  });
});

describe('the bound of a run', () => {
  it('takes sessions that were not accepted to last as long as those of their priority', () => {
    const run = (priority: 'low' | 'high') => [
      record(accepted('substation_1', 100, 10), { kw: 100, priority: 'high' }),
      record(accepted('substation_1', 100, 20), { kw: 100, startedMs: 20_000, priority: 'low' }),
      record(rejected, { kw: 100, startedMs: 50_000, priority }),
      record(rejected, { kw: 100, startedMs: 65_000, priority: 'high' }),
    ];
    // When the last one comes, a high one of 10 s has ended, and a low one of 20 s has not.
    expect(boundOfRun(run('high'), [100])).toBe(400);
    expect(boundOfRun(run('low'), [100])).toBe(300);
  });

  it('is unknown when nothing was accepted', () => {
    expect(boundOfRun([record(rejected)], [100])).toBeUndefined();
  });
});

describe('limits', () => {
  it('pass at the limit, and fail beyond it', () => {
    const at = judge({ minAccepted: 0.9, maxP99Ms: 250 }, { shareOfBound: 0.9, p99Ms: 250 });
    expect(at.map(({ passed }) => passed)).toEqual([true, true]);
    const beyond = judge({ minAccepted: 0.9, maxP99Ms: 250 }, { shareOfBound: 0.899, p99Ms: 250.1 });
    expect(beyond.map(({ passed }) => passed)).toEqual([false, false]);
  });

  it('fail when there is nothing to judge by', () => {
    const unknown = judge({ minAccepted: 0, maxP99Ms: 250 }, { shareOfBound: undefined, p99Ms: undefined });
    expect(unknown.map(({ actual, passed }) => [actual, passed])).toEqual([
      ['unknown', false],
      ['unknown', false],
    ]);
  });

  it('are none unless asked for', () => {
    expect(judge({}, { shareOfBound: 0, p99Ms: 1e9 })).toEqual([]);
  });
});
