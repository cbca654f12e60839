import type { CancelSignal } from '@gridclock/service-kit/cancellation';
import { describe, expect, it } from 'vitest';
import { RequestSenders } from '../../../load_balancer/routing/request-senders.ts';

/** A placement that ends when the test says so. */
function createPlacement() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const signals: CancelSignal[] = [];
  const place = async (withdrawn: CancelSignal) => {
    signals.push(withdrawn);
    await ended;
    return withdrawn.aborted ? 'withdrawn' : 'placed';
  };
  return { end, place, signals };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('RequestSenders', () => {
  it('withdraws a request once all of its senders have left', async () => {
    const senders = new RequestSenders();
    const { end, place, signals } = createPlacement();
    const [first, second] = [new AbortController(), new AbortController()];
    const results = [first, second].map(({ signal }) => senders.run('r', signal, place));
    first.abort();
    expect(signals[0]?.aborted).toBe(false);
    second.abort();
    expect(signals[0]?.aborted).toBe(true);
    end();
    expect(await Promise.all(results)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('never withdraws a request with a sender that comes back', async () => {
    const senders = new RequestSenders();
    const { end, place } = createPlacement();
    const leaving = new AbortController();
    const results = [senders.run('r', undefined, place), senders.run('r', leaving.signal, place)];
    leaving.abort();
    end();
    expect(await Promise.all(results)).toEqual(['placed', 'placed']);
  });

  it('lets a sender that comes after the withdrawal start again', async () => {
    const senders = new RequestSenders();
    const given = createPlacement();
    const leaving = new AbortController();
    const left = senders.run('r', leaving.signal, given.place);
    leaving.abort();
    const again = createPlacement();
    const retry = senders.run('r', undefined, again.place);
    await settled();
    expect(again.signals).toEqual([]);
    given.end();
    again.end();
    expect(await left).toBe('withdrawn');
    expect(await retry).toBe('placed');
  });
});
