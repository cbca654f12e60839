import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDeadline } from '../../src/session-client/deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a deadline', () => {
  it('aborts once its time has passed since the last restart', () => {
    const { signal, restart } = startDeadline(100, undefined);
    vi.advanceTimersByTime(90);
    restart();
    vi.advanceTimersByTime(90);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(10);
    expect(signal.aborted).toBe(true);
  });

  it('does not pass while it is paused, but follows its caller', () => {
    const caller = new AbortController();
    const { signal, pause } = startDeadline(100, caller.signal);
    pause();
    vi.advanceTimersByTime(1_000);
    expect(signal.aborted).toBe(false);
    caller.abort();
    expect(signal.aborted).toBe(true);
    expect(startDeadline(100, caller.signal).signal.aborted).toBe(true);
  });

  it('may be longer than a timer can be set to', () => {
    const { signal, restart } = startDeadline(Number.POSITIVE_INFINITY, undefined);
    vi.advanceTimersByTime(1_000);
    restart();
    vi.advanceTimersByTime(1_000);
    expect(signal.aborted).toBe(false);
  });

  it('leaves nothing at a signal that outlives it', () => {
    const caller = new AbortController();
    const { signal, stop } = startDeadline(100, caller.signal);
    stop();
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(signal.aborted).toBe(false);
  });
});
