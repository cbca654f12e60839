import type { Logger } from '@gridclock/service-kit';
import { RETIRED_KEY, retirementIn, retirementValue } from '../causality/retirements.ts';
import type { Write } from '../causality/write.ts';
import { highestHeardOf } from '../replication/heard-of.ts';
import { LogCompactor, type LogRetention } from '../replication/log-compactor.ts';
import { Replicator } from '../replication/replicator.ts';
import type { Heartbeat } from '../replication/transport.ts';
import { RETIRE_AFTER_MS, Retirer } from '../retirement/retirer.ts';
import { CausalStore } from '../store/causal-store.ts';
import type { CausalStoreOptions } from '../store/causal-store-options.ts';
import { forgettingFor } from './forgotten-deletions.ts';
import type { MemberDirectory } from './member-directory.ts';
import type { NodeStatus } from './node-lifecycle.ts';

export type IncarnationOptions = Omit<CausalStoreOptions, 'reportedIds'> & {
  /** The node's configured name. */
  name: string;
  /** Uniform in [0, 1). */
  random: () => number;
  directory: MemberDirectory;
  status: () => NodeStatus;
  onHeartbeat: (peer: string, heartbeat: Heartbeat) => void;
  logRetention: LogRetention;
  retireAfterMs?: number;
  /** Whether members may live that this node does not know, because its data may be an earlier copy. */
  mayHaveUnlistedMembers: () => boolean;
  /** How many deletions are kept for removed nodes that may return; MAX_KEPT_TOMBSTONES by default. */
  keptTombstones?: number | undefined;
  logger: Logger;
};

/** What a node runs under one id: the store, its replication, and the upkeep of both. */
export class Incarnation {
  readonly store: CausalStore;
  readonly replicator: Replicator;
  readonly #options: IncarnationOptions;
  #compactor: LogCompactor | undefined;
  #retirer: Retirer | undefined;

  constructor(options: IncarnationOptions) {
    const { id, storage, scheduler, random, directory, logger, observers, onHeartbeat } = options;
    this.#options = options;
    this.store = new CausalStore({ ...options, reportedIds: () => this.replicator.reportedIds() });
    this.replicator = new Replicator({
      self: id,
      storage,
      scheduler,
      random,
      peers: directory.endpoints(),
      onRejected: (peer, write) =>
        logger.error(
          { peer, ...write },
          'a peer rejects a write for good; everything that depends on it waits. Update that peer, or see the reason',
        ),
      onReachabilityChange: (peer, reachable, reason) => {
        if (reachable) logger.info({ peer }, 'peer is reachable again');
        else logger.warn({ peer, reason }, 'peer is unreachable; keeping its writes in the log');
      },
      onHeartbeat: (peer, heartbeat, tookMs) => {
        onHeartbeat(peer, heartbeat);
        for (const observer of observers) observer.onHeartbeat?.(peer, heartbeat.clock, tookMs);
      },
    });
  }

  /** Compacts the log and retires ids from now on. */
  startUpkeep(): void {
    const { directory, id, logger, logRetention, name, scheduler, status, storage } = this.#options;
    const { store, replicator } = this;
    const { keptTombstones, mayHaveUnlistedMembers } = this.#options;
    const isCounted = (peer: string) => replicator.hasLinkTo(peer);
    const forgetting = forgettingFor({
      directory,
      isCounted,
      storage,
      store,
      mayHaveUnlistedMembers,
      logger,
    });
    this.#compactor = new LogCompactor({
      storage,
      scheduler,
      logger,
      logRetention,
      forgetting,
      keptTombstones,
      replicator,
    });
    this.#retirer = new Retirer({
      view: () => {
        const { clock, retired } = storage;
        return {
          self: { name, id, status: status(), clock, heardOf: highestHeardOf(clock, store) },
          others: directory.peers.map((peer) => peer.id),
          retired,
        };
      },
      waiting: () => Array.from(store.lastBuffered(), ({ node }) => node),
      discard: (ids) => store.discardBuffered(ids),
      retire: (ids) => store.put(RETIRED_KEY, retirementValue(ids)),
      scheduler,
      delayMs: this.#options.retireAfterMs ?? RETIRE_AFTER_MS,
      logger,
    });
  }

  /** Considers a member's heartbeat for the retirement of ids. */
  observe(peer: string, heartbeat: Heartbeat): void {
    this.#retirer?.observe(peer, heartbeat);
  }

  /** Sends the writes that have become visible here. */
  onCommitted(): void {
    this.replicator.notify();
    this.#compactor?.onCommitted();
  }

  /** Stops everything but the store. */
  async stop(): Promise<void> {
    await this.#retirer?.stop();
    await this.#compactor?.stop();
    await this.replicator.stop();
  }

  /** Stops for good, because another id follows: the store accepts no writes any more. */
  async retire(): Promise<void> {
    await Promise.all([
      this.#retirer?.stop(),
      this.#compactor?.stop(),
      this.replicator.stop(),
      this.store.retire(),
    ]);
  }
}

/** Logs the retirements among committed writes. */
export function logRetirements(writes: readonly Write[], logger: Logger): void {
  for (const write of writes) {
    const finals = retirementIn(write)?.finals;
    if (finals !== undefined)
      logger.info({ finals, by: write.sender }, 'retired the clock entries of dead incarnations');
  }
}
