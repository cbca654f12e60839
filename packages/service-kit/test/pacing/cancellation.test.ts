import { describe, expect, it, vi } from 'vitest';
import { Cancellation } from '../../src/pacing/cancellation.ts';

/** Both must do the same: code that takes a signal may get either. */
const kinds = {
  'a Cancellation'() {
    const cancellation = new Cancellation();
    return { signal: cancellation, abort: () => cancellation.abort() };
  },
  'an AbortController'() {
    const controller = new AbortController();
    return { signal: controller.signal, abort: () => controller.abort() };
  },
};

describe.each(Object.entries(kinds))('%s', (_kind, create) => {
  it('calls each listener once, also one that was added twice', () => {
    const { abort, signal } = create();
    const [first, second] = [vi.fn(), vi.fn()];
    for (const listener of [first, second, second]) signal.addEventListener('abort', listener);
    expect(signal.aborted).toBe(false);
    abort();
    abort();
    expect(signal.aborted).toBe(true);
    for (const listener of [first, second]) expect(listener).toHaveBeenCalledTimes(1);
  });

  it('calls no listener that was removed, or added after the abort', () => {
    const { abort, signal } = create();
    const [removed, late] = [vi.fn(), vi.fn()];
    signal.addEventListener('abort', removed);
    signal.removeEventListener('abort', removed);
    abort();
    signal.addEventListener('abort', late);
    abort();
    for (const listener of [removed, late]) expect(listener).not.toHaveBeenCalled();
  });

  it('calls no listener that an earlier one removes', () => {
    const { abort, signal } = create();
    const removed = vi.fn();
    signal.addEventListener('abort', () => signal.removeEventListener('abort', removed));
    signal.addEventListener('abort', removed);
    abort();
    expect(removed).not.toHaveBeenCalled();
  });
});
