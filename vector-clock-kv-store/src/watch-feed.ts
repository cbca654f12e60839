import {
  clockSum,
  counterOf,
  descends,
  missingDependency,
  type VectorClock,
} from './causality/vector-clock.ts';
import { dotOf, type Write } from './causality/write.ts';
import type { LogLimit } from './storage/log-limit.ts';
import type { Storage } from './storage/storage.ts';

/** What a feed reads. */
export type WatchedHistory = Pick<Storage, 'clock' | 'pruned' | 'log'>;

/** So much of each node's log is read at once, and kept for a watcher that reads slowly. */
const CHUNK: LogLimit = { writes: 1_000, bytes: 256 * 1024 };

/** The log no longer reaches back to where the feed stands. */
export class FeedLostError extends Error {
  override readonly name = 'FeedLostError';
}

/** Reads a node's log from a clock on, each write once and after all it depends on. */
export class WatchFeed {
  readonly #history: WatchedHistory;
  #position: VectorClock;
  /** What was read of the log and has not been given. */
  #ahead: Write[] = [];

  /** @param since what the watcher has seen already */
  constructor(history: WatchedHistory, since: VectorClock) {
    this.#history = history;
    this.#position = since;
  }

  /**
   * All writes that have become visible and were not given before, in causal order. Whoever stops early gets the
   * rest by the next call.
   *
   * @returns each with the clock of everything given up to it
   * @throws FeedLostError when some of them are no longer in the log
   */
  *take(): Iterable<{ write: Write; position: VectorClock }> {
    while (!descends(this.#position, this.#history.clock)) {
      const fresh = this.#ahead.length === 0;
      if (fresh) this.#ahead = this.#chunk();
      let progress = !fresh;
      for (let write = this.#ahead.shift(); write !== undefined; write = this.#ahead.shift()) {
        // The chunk of one node may end before what another's depends on; that comes in the next round.
        if (missingDependency(this.#position, write.sender, write.vc) !== undefined) continue;
        this.#position = { ...this.#position, [write.sender]: dotOf(write).counter };
        progress = true;
        yield { write, position: this.#position };
      }
      if (!progress) return;
    }
  }

  #chunk(): Write[] {
    const { clock, pruned } = this.#history;
    const behind = Object.keys(clock).filter(
      (origin) => counterOf(this.#position, origin) < counterOf(clock, origin),
    );
    return behind
      .flatMap((origin) => {
        const from = counterOf(this.#position, origin);
        if (from < counterOf(pruned, origin)) throw new FeedLostError('The log has been pruned');
        return this.#history.log(origin, from, CHUNK);
      })
      .sort((left, right) => clockSum(left.vc) - clockSum(right.vc));
  }
}
