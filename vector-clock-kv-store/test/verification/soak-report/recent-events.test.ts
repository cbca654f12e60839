import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import type { TracedEvent, TraceEventBody } from '../../../src/trace/event.ts';
import type { TracePage } from '../../../src/trace/event-trace.ts';
import { RecentEvents } from '../../../src/verification/soak-report/recent-events.ts';

const write: TraceEventBody = { kind: 'write', write: { node: 'a', counter: 1, key: 'k', value: '1' } };

/** A node's trace whose events the test adds. */
class FakeTrace {
  host = 'a~1';
  events: TracedEvent[] = [];
  isDown = false;

  add(at: number, body: TraceEventBody = write): void {
    const number = this.events.length + 1;
    this.events.push({ ...body, host: this.host, at, clock: { [this.host]: number } });
  }

  read = async (after: number): Promise<TracePage | undefined> => {
    if (this.isDown) return undefined;
    const last = this.events.length;
    return { host: this.host, clock: {}, pruned: 0, last, events: this.events.slice(after, after + 3) };
  };
}

async function started(trace: FakeTrace, keepMs = 1_000) {
  const scheduler = new VirtualClock();
  const stop = new AbortController();
  const recent = new RecentEvents([trace.read], keepMs, scheduler, stop.signal);
  await scheduler.advanceAsync(250);
  return { scheduler, stop, recent };
}

describe('RecentEvents', () => {
  it('reads what happens after the start, page by page, and returns what is near a moment', async () => {
    const trace = new FakeTrace();
    trace.add(1);
    const { recent, scheduler, stop } = await started(trace);
    for (let at = 100; at < 110; at++) trace.add(at);
    await scheduler.advanceAsync(250);
    expect(recent.around(105, 2, 3).map(({ at }) => at)).toEqual([103, 104, 105, 106, 107]);
    expect(recent.around(0, 9, 99).map(({ at }) => at)).not.toContain(1);
    expect(recent.around(999, 2, 2).map(({ at }) => at)).toEqual([108, 109]);
    expect(recent.around(9_999, 2, 2)).toEqual([]);
    stop.abort();
  });

  it('reads a restarted node from its first event, and survives that it is down', async () => {
    const trace = new FakeTrace();
    const { recent, scheduler, stop } = await started(trace);
    trace.isDown = true;
    await scheduler.advanceAsync(1_000);
    trace.isDown = false;
    trace.host = 'a~2';
    trace.events = [];
    trace.add(200, { kind: 'start' });
    await scheduler.advanceAsync(500);
    expect(recent.around(200, 5, 5)).toMatchObject([{ kind: 'start', host: 'a~2' }]);
    stop.abort();
  });

  it('forgets old events, so that a long run needs no more memory', async () => {
    const trace = new FakeTrace();
    const { recent, scheduler, stop } = await started(trace, 50);
    for (let at = 100; at < 400; at++) trace.add(at);
    await scheduler.advanceAsync(250);
    expect(recent.around(0, 0, 1_000)).toHaveLength(51);
    stop.abort();
  });

  it('leaves out a last receipt, which would look like a duplicate', async () => {
    const trace = new FakeTrace();
    const { recent, scheduler, stop } = await started(trace);
    trace.add(100);
    trace.add(101, { kind: 'receive', writes: [], count: 1 });
    trace.add(102);
    trace.add(103, { kind: 'receive', writes: [], count: 1 });
    await scheduler.advanceAsync(250);
    expect(recent.around(100, 9, 9).map(({ at }) => at)).toEqual([100, 101, 102]);
    stop.abort();
  });
});
