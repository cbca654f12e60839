import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Peer } from '../causality/peer.ts';
import { descends, type VectorClock } from '../causality/vector-clock.ts';
import type { Heartbeat } from '../replication/transport.ts';
import { needsSnapshot } from './missing-writes.ts';

/** 5 s: an idle peer is heard from every 2 s, so one that is silent for longer is gone or cut off. */
const FRESH_MS = 5_000;

/** 6 s: a peer whose log has what is missing here sends it within two comparisons, so its messages do not arrive. */
const PATIENCE_MS = 6_000;

/** Detects from the peers' heartbeats that their logs cannot bring all writes that are missing here. */
export class GapDetector {
  readonly #scheduler: Scheduler;
  readonly #latest = new Map<string, { heartbeat: Heartbeat; at: number }>();
  /** Since when each peer has pruned writes that are missing here. */
  readonly #behindSince = new Map<string, number>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * Records a heartbeat.
   *
   * @param clock the writes here
   * @param members the other members
   * @returns whether only a snapshot can bring what is missing here
   */
  record(peer: string, heartbeat: Heartbeat, clock: VectorClock, members: readonly Peer[]): boolean {
    const now = this.#scheduler.now();
    this.#latest.set(peer, { heartbeat, at: now });
    if (descends(clock, heartbeat.pruned)) {
      this.#behindSince.delete(peer);
      return false;
    }
    const since = this.#behindSince.get(peer) ?? now;
    this.#behindSince.set(peer, since);
    for (const [name, { at }] of this.#latest) {
      if (now - at > FRESH_MS || !members.some(({ id }) => id === name)) this.#latest.delete(name);
    }
    const heartbeats = [...this.#latest.values()].map((latest) => latest.heartbeat);
    // A member that was not heard from yet may have a longer log.
    const certain = heartbeats.length >= members.length && needsSnapshot(clock, heartbeats);
    if (!certain && now - since < PATIENCE_MS) return false;
    this.#behindSince.delete(peer);
    return true;
  }
}
