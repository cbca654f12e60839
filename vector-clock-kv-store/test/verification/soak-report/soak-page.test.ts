import { faultKinds, type InjectedFault } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { TracedEvent } from '../../../src/trace/event.ts';
import { checkRun } from '../../../src/verification/history/check-run.ts';
import type { SoakReport } from '../../../src/verification/soak/run-soak.ts';
import { explainFault, nameFault } from '../../../src/verification/soak-report/explain-fault.ts';
import { FaultLog } from '../../../src/verification/soak-report/fault-log.ts';
import { formatAt } from '../../../src/verification/soak-report/format-at.ts';
import { OperationSlots } from '../../../src/verification/soak-report/operation-slots.ts';
import { MAX_PAGE_BYTES, soakPage } from '../../../src/verification/soak-report/soak-page.tsx';
import type { SoakTimeline } from '../../../src/verification/soak-report/soak-recorder.ts';
import { violatingHistories } from '../../support/violating-histories.ts';

const slots = new OperationSlots({ slotMs: 250, maxSlots: 600, whenFull: 'merge' });
for (let at = 0; at < 20_000; at += 50) slots.add(at, at % 500 !== 0, 3);

const hold: InjectedFault = { kind: 'hold', atMs: 0, forMs: 1_000, nodes: ['node1', 'node2'] };
const kill: InjectedFault = { kind: 'kill', atMs: 0, forMs: 500, nodes: ['node3'] };

/** Writes at one node, with a key of some length. */
function events(count: number, key = 'hot1'): TracedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ kind: 'write', write: { node: 'node1', counter: index, key, value: '"s#1"', vc: { node1: index } } },
    ...{ host: 'node1', at: 1_000_000 + index, clock: { node1: index + 1 } },
  }));
}

function timeline(faults: FaultLog): SoakTimeline {
  const between = slots.between(0, 20_000);
  return {
    startedAt: 1_000_000,
    endMs: 20_000,
    nodes: ['node1', 'node2', 'node3'],
    slots: between,
    p50: 3,
    p99: 4,
    faults,
  };
}

function report(changes: Partial<SoakReport> = {}): SoakReport {
  const history = { sessions: [] };
  return {
    ...{ elapsedMs: 20_000, operations: 400, failures: 40, findings: [], history, faults: {} },
    check: checkRun(history, []),
    ...changes,
  };
}

function twoFaults(): FaultLog {
  const log = new FaultLog();
  const add = (fault: InjectedFault, beganMs: number, recoveryMs: number | undefined) => {
    const logged = log.add(fault, beganMs);
    logged.endedMs = beganMs + fault.forMs;
    if (recoveryMs !== undefined) logged.recoveredMs = logged.endedMs + recoveryMs;
    const moments = [{ name: 'began', atMs: beganMs, events: events(20) } as const];
    log.addDetails(logged, { slots: slots.between(beganMs - 1_000, beganMs + 3_000), moments });
  };
  add(hold, 2_000, 120);
  add(kill, 2_500, undefined);
  return log;
}

const page = soakPage({ plan: '3 nodes, seed 1', report: report(), timeline: timeline(twoFaults()) });

describe('soakPage', () => {
  it('begins with the verdict, then shows the whole run, each fault, and all of them in a table', () => {
    const order = [
      'Every guarantee held',
      '>writes lost<',
      '>The whole run<',
      'id="fault-1"',
      '>Faults</h2>',
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(places[0]).toBeGreaterThan(0);
    expect(page).toContain('aria-label="Operations per second, over the run"');
    expect(page).toContain('aria-label="Latency, over the run"');
  });

  it('links each band and each row to the zoom of its fault', () => {
    expect(page.match(/<a class="band" href="#fault-1"/g)).toHaveLength(1);
    expect(page).toContain('<a href="#fault-2">kill node3</a>');
    expect(page).toContain('class="card fault-view" id="fault-2"');
  });

  it('says of a fault what it was, how long it lasted, what overlapped, and how long recovery took', () => {
    const zoom = page.slice(page.indexOf('id="fault-1"'), page.indexOf('id="fault-2"'));
    expect(zoom).toContain('2.0 s: hold node1 → node2');
    expect(zoom).toContain('Messages from node1 to node2 were held back until the end of the fault.');
    expect(zoom).toContain('lasted <b>1.00 s</b>');
    expect(zoom).toContain('recovered <b>after 120 ms</b>');
    expect(zoom).toContain('meanwhile <b>kill node3</b>');
    expect(zoom.match(/class="mark write"/g)).toHaveLength(20);
    expect(page.slice(page.indexOf('id="fault-2"'))).toContain('not before the end of the run');
  });

  it('needs no script and no other file', () => {
    expect(page).not.toMatch(/<script|<link|<img|src=|href="(?!#)|@import/);
  });

  it('draws the pattern that the history violates, and lists the findings', () => {
    const check = checkRun(violatingHistories.WriteCORead, []);
    const failed = report({ findings: ['a <b> is lost'], check });
    const text = soakPage({ plan: '', report: failed, timeline: timeline(twoFaults()) });
    expect(text).toContain('1 findings');
    expect(text).toContain('<svg class="pattern"');
    expect(text).toContain('<li>a &lt;b> is lost</li>');
  });

  it('stays below its limit however much happened, and says what it leaves out', () => {
    const log = new FaultLog();
    for (let number = 0; number < 3_000; number++) {
      const logged = log.add({ ...kill, kind: faultKinds[number % 8] ?? 'kill' }, number * 6);
      logged.endedMs = number * 6 + 5;
      logged.recoveredMs = logged.endedMs + (number % 100);
      const moments = [
        { name: 'began', atMs: 1, events: number % 100 > 90 ? events(300, '<'.repeat(40)) : [] } as const,
      ];
      log.addDetails(logged, { slots: slots.between(0, 1_000), moments });
    }
    const text = soakPage({ plan: '', report: report(), timeline: timeline(log) });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    const zooms = text.match(/class="card fault-view"/g)?.length ?? 0;
    expect(zooms).toBeGreaterThan(0);
    expect(text).toContain(`${zooms} of 3000 faults, those that took longest to recover`);
  });

  it('shows a run without any fault', () => {
    const text = soakPage({ plan: '', report: report(), timeline: timeline(new FaultLog()) });
    expect(text).toContain('<dt>slowest recovery</dt><dd>none</dd>');
  });
});

describe('FaultLog', () => {
  it('keeps the details of the faults that took longest to recover', () => {
    const log = new FaultLog();
    for (let number = 1; number <= 100; number++) {
      const logged = log.add(kill, number);
      logged.endedMs = 0;
      logged.recoveredMs = number;
      log.addDetails(logged, { slots: [], moments: [] });
    }
    expect(log.count).toBe(100);
    expect(log.detailed.map(({ number }) => number)).toEqual(
      Array.from({ length: 60 }, (_, index) => 100 - index),
    );
  });
});

describe('explainFault', () => {
  it.each(faultKinds)('says what %s did, and where', (kind) => {
    const fault = { kind, atMs: 0, forMs: 1, nodes: ['node1', 'node2'] };
    expect(explainFault(fault)).toMatch(/node1.*\.$/);
    expect(nameFault(fault)).toContain('node1');
  });
});

describe('formatAt', () => {
  it('uses the units that a person would', () => {
    expect([1_240, 200_000, 3 * 3_600_000 + 61_000].map(formatAt)).toEqual([
      '1.2 s',
      '3 min 20.0 s',
      '3 h 1 min 1 s',
    ]);
  });
});
