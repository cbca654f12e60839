import { describe, expect, it } from 'vitest';
import { type FaultInjector, formatFaultCounts, injectFaults } from '../src/fault-injection.ts';
import type { InjectedFault } from '../src/fault-schedule.ts';
import { VirtualClock } from '../src/virtual-clock.ts';

const kill: InjectedFault = { kind: 'kill', atMs: 10, forMs: 100, nodes: ['a'] };
const cut: InjectedFault = { kind: 'cut', atMs: 50, forMs: 10, nodes: ['a', 'b'] };

/** An injector that logs what it does, with the time. `possible` decides whether a fault can begin. */
function loggingInjector(clock: VirtualClock, possible = true) {
  const log: string[] = [];
  const injector: FaultInjector = {
    async begin({ kind }) {
      log.push(`${clock.now()} begin ${kind}`);
      return possible;
    },
    async end({ kind }) {
      log.push(`${clock.now()} end ${kind}`);
    },
  };
  return { injector, log };
}

describe('injectFaults', () => {
  it('begins and ends overlapping faults at their times', async () => {
    const clock = new VirtualClock();
    const { injector, log } = loggingInjector(clock);
    const counts = injectFaults([kill, cut], injector, clock);
    await clock.advanceAsync(200);
    expect(log).toEqual(['10 begin kill', '50 begin cut', '60 end cut', '110 end kill']);
    expect(await counts).toEqual({ kill: 1, cut: 1 });
  });

  it('neither counts nor ends a fault that is not possible', async () => {
    const clock = new VirtualClock();
    const { injector, log } = loggingInjector(clock, false);
    const counts = injectFaults([kill], injector, clock);
    await clock.advanceAsync(200);
    expect(log).toEqual(['10 begin kill']);
    expect(await counts).toEqual({});
  });

  it('ends active faults and begins no further ones when stopped', async () => {
    const clock = new VirtualClock();
    const { injector, log } = loggingInjector(clock);
    const stop = new AbortController();
    const counts = injectFaults([kill, cut], injector, clock, { stop: stop.signal });
    await clock.advanceAsync(20);
    stop.abort();
    expect(await counts).toEqual({ kill: 1 });
    expect(log).toEqual(['10 begin kill', '20 end kill']);
  });

  it('ends the other faults before it throws the error of one', async () => {
    const clock = new VirtualClock();
    const { injector, log } = loggingInjector(clock);
    const stop = new AbortController();
    const failing: FaultInjector = {
      begin: (fault) => (fault === cut ? Promise.reject(new Error('no disk')) : injector.begin(fault)),
      end: injector.end,
    };
    const counts = injectFaults([kill, cut], failing, clock, {
      stop: stop.signal,
      onFailed: () => stop.abort(),
    });
    const outcome = expect(counts).rejects.toThrow('no disk');
    await clock.advanceAsync(60);
    await outcome;
    expect(log).toEqual(['10 begin kill', '50 end kill']);
  });
});

describe('formatFaultCounts', () => {
  it('lists the total and each kind', () => {
    expect(formatFaultCounts({ pause: 3, kill: 2 })).toBe('5: 2 kill, 3 pause');
    expect(formatFaultCounts({})).toBe('none');
  });
});
