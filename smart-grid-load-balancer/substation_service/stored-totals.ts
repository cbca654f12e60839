import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Totals } from './session-records.ts';

/** 1 s: a commit takes milliseconds, and a scrape must not hang with the disk. */
const LONGEST_WAIT_MS = 1_000;

/**
 * Returns a reader of what a substation has counted, as far as it is on disk: a count that was shown must not go back
 * when the process is killed.
 *
 * @param flushed resolves once all changes until now are on disk
 */
export function storedTotals(
  substation: { readonly totals: Totals },
  flushed: () => Promise<void>,
  scheduler: Scheduler,
): () => Promise<Totals> {
  let stored = substation.totals;
  return async () => {
    const { totals } = substation;
    const commit = flushed().then(
      () => {
        stored = totals;
      },
      () => {},
    );
    const waited = new AbortController();
    await Promise.race([commit, sleep(scheduler, LONGEST_WAIT_MS, waited.signal)]);
    waited.abort();
    return stored;
  };
}
