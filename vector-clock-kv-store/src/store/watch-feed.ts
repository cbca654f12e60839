import { Retirements } from '../causality/retirements.ts';
import { counterOf, descends, missingDependency, type VectorClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { WATCH_CHUNK } from '../limits.ts';
import type { Storage } from '../storage/storage.ts';

/** The part of a storage that a feed reads. */
export type WatchedLog = Pick<Storage, 'clock' | 'pruned' | 'retired' | 'log'>;

/** The log was pruned past the feed's position; the watcher must read the keys again. */
export class FeedLostError extends Error {
  override readonly name = 'FeedLostError';
}

/** Reads the log from a clock on: every write once, in causal order. */
export class WatchFeed {
  readonly #log: WatchedLog;
  #position: VectorClock;
  /** The retired ids whose entries the position has. */
  #expandedBy = Retirements.none;
  /** Writes read from the log but not taken yet. */
  #ahead: Write[] = [];

  /** @param since the writes that the watcher has already seen */
  constructor(log: WatchedLog, since: VectorClock) {
    this.#log = log;
    this.#position = since;
  }

  /**
   * Yields the writes that became visible since the last call, in causal order. A caller that stops early gets
   * the rest from the next call.
   *
   * @returns each write with the clock of everything yielded up to it, which is compacted when it is read: a watcher may
   *   pass millions of writes that it does not want
   * @throws FeedLostError if some of the writes were pruned from the log
   */
  *take(): Iterable<{ readonly write: Write; readonly position: VectorClock }> {
    const { retired } = this.#log;
    this.#expandPosition();
    while (!descends(this.#position, this.#log.clock)) {
      const fresh = this.#ahead.length === 0;
      if (fresh) this.#ahead = this.#readChunk();
      let progress = !fresh;
      for (let write = this.#ahead.shift(); write !== undefined; write = this.#ahead.shift()) {
        // One node's chunk may end before a dependency of another node's write; the next chunk has it.
        if (missingDependency(this.#position, write.sender, write.vc) !== undefined) continue;
        const position = { ...this.#position, [write.sender]: dotOf(write).counter };
        this.#position = position;
        progress = true;
        yield {
          write,
          get position() {
            return retired.compact(position);
          },
        };
      }
      if (!progress) return;
    }
  }

  #expandPosition(): void {
    const { retired } = this.#log;
    if (retired === this.#expandedBy) return;
    this.#position = retired.expand(this.#position);
    this.#expandedBy = retired;
  }

  /** Forgets what was read from the log but not taken; the next `take` reads it again. */
  rewind(): void {
    this.#ahead = [];
  }

  #readChunk(): Write[] {
    const { clock, pruned, retired } = this.#log;
    // Of a position that is ahead of this node it is not known yet which entries it omits.
    const expanded = descends(clock, this.#position);
    const behind = Object.keys(clock)
      .filter((origin) => counterOf(this.#position, origin) < counterOf(clock, origin))
      .filter((origin) => expanded || counterOf(this.#position, origin) > 0);
    return behind
      .flatMap((origin) => {
        const from = counterOf(this.#position, origin);
        if (from < counterOf(pruned, origin)) throw new FeedLostError('The log has been pruned');
        return this.#log.log(origin, from, WATCH_CHUNK);
      })
      .sort((left, right) => retired.sum(left.vc) - retired.sum(right.vc));
  }
}
