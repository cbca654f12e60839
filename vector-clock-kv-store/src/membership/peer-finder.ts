import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { LifeId } from '../causality/lineage.ts';
import type { Peer } from '../causality/peer.ts';
import type { Heartbeat } from '../replication/transport.ts';
import { within } from './within.ts';

export type PeerFinderOptions = {
  scheduler: Scheduler;
  ownLife: LifeId;
  /** Returns a member's address in use, and the configured one if that differs. */
  addressesOf: (name: string) => readonly Peer[];
  /** Requests a heartbeat at an address. */
  heartbeatAt: (peer: Peer) => Promise<Heartbeat>;
  /** Called with the address where a member was found. */
  onFound: (peer: Peer) => void;
};

/** 1 s: a process that runs responds within milliseconds. */
const CALL_MS = 1_000;

/** Looks for a member at its configured address, because it does not answer at the one that it was last known to have. */
export class PeerFinder {
  readonly #options: PeerFinderOptions;
  readonly #looking = new Set<string>();

  constructor(options: PeerFinderOptions) {
    this.#options = options;
  }

  /** @param missing the peer, at the address where it does not answer */
  async lookFor(missing: Peer): Promise<void> {
    const { addressesOf, heartbeatAt, onFound, ownLife, scheduler } = this.#options;
    const [current, configured] = addressesOf(missing.id);
    // Another address is in use by now, or there is no other one to try.
    if (current?.url !== missing.url || configured === undefined || this.#looking.has(missing.id)) return;
    this.#looking.add(missing.id);
    const heartbeat = await within(CALL_MS, scheduler, heartbeatAt(configured));
    this.#looking.delete(missing.id);
    if (heartbeat?.name !== missing.id || heartbeat.status === 'conflict' || heartbeat.life === ownLife)
      return;
    if (addressesOf(missing.id)[0]?.url === missing.url) onFound(configured);
  }
}
