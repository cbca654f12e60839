import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Heartbeat } from '../replication/transport.ts';
import type { Storage } from '../storage/storage.ts';
import type { CausalStore } from '../store/causal-store.ts';
import { askPeers, type PeerHeartbeat } from './ask-peers.ts';
import { catchUp } from './catch-up.ts';
import { isOutdated } from './forgotten-deletions.ts';
import { GapDetector } from './gap-detector.ts';
import { joinCluster } from './join-cluster.ts';
import type { MemberDirectory } from './member-directory.ts';
import type { Membership } from './membership.ts';
import type { OwnIdentity } from './own-identity.ts';

/** 20, about 10 s: a peer that has just started adds the node once it serves; one that refuses will not. */
const JOIN_ATTEMPTS = 20;

export type ClusterCatchUpOptions = {
  /** The node's configured name. */
  name: string;
  advertisedUrl?: string | undefined;
  directory: MemberDirectory;
  membership: Membership;
  identity: OwnIdentity;
  /** Whether a peer's data contradicts what is known of the peer. */
  isContradicted: (peer: string, heartbeat: Heartbeat) => boolean;
  storage: Storage;
  scheduler: Scheduler;
  logger: Logger;
};

type CatchUpRun = {
  /** Whether the data here may be served although no member responds. */
  servesAlone: boolean;
  /** Whether the node has been a member: then its peers report a removal to it. */
  returning: boolean;
  stopped: () => boolean;
};

/** Catches up with the members that this node knows, and joins those that did not respond when it started. */
export class ClusterCatchUp {
  readonly #options: ClusterCatchUpOptions;
  readonly #gaps: GapDetector;
  #awaitsMember = false;

  constructor(options: ClusterCatchUpOptions) {
    this.#options = options;
    this.#gaps = new GapDetector(options.scheduler);
  }

  /** Whether it waits for a first response of any member. */
  get awaitsMember(): boolean {
    return this.#awaitsMember;
  }

  /** Records a peer's heartbeat. Returns whether only a snapshot can bring what is missing here. */
  isDue(peer: string, heartbeat: Heartbeat): boolean {
    const { directory, storage } = this.#options;
    return this.#gaps.record(peer, heartbeat, storage.clock, directory.peers);
  }

  /** Catches up with a snapshot after the node has served, because the peers' logs lack what is missing here. */
  async again(store: CausalStore, stopped: () => boolean): Promise<void> {
    const { directory, logger, storage } = this.#options;
    logger.warn({ clock: storage.clock }, 'the peers have pruned writes missing here; merging a snapshot');
    // The data here was served before, so it may be served again if no peer responds.
    await this.run(store, await askPeers(directory.endpoints()), {
      servesAlone: true,
      returning: true,
      stopped,
    });
  }

  /**
   * Catches up, and records that.
   *
   * @param heard the peers' heartbeats when it starts
   */
  async run(
    store: CausalStore,
    heard: readonly PeerHeartbeat[],
    { servesAlone, returning, stopped }: CatchUpRun,
  ): Promise<void> {
    const {
      advertisedUrl,
      directory,
      identity,
      isContradicted,
      logger,
      membership,
      name,
      scheduler,
      storage,
    } = this.#options;
    // A node that joins has heard of members that no record here names yet.
    const unrecorded = () => {
      const recorded = directory.endpoints().map(({ peer }) => peer.id);
      return heard.filter(({ peer }) => !recorded.includes(peer.id) && !directory.isRemoved(peer.id));
    };
    const members = () => [...directory.endpoints(), ...unrecorded()];
    let attempts = 0;
    await catchUp(
      {
        store,
        members,
        mayMerge: (peer, heartbeat) =>
          !isContradicted(peer, heartbeat) &&
          !isOutdated(
            { clock: storage.retired.expand(heartbeat.clock), retired: storage.retired },
            directory.needsOf(peer),
          ),
        servesAlone: servesAlone || members().length === 0,
        onWaiting: () => {
          this.#awaitsMember = true;
        },
        onResponse: async (responses) => {
          this.#awaitsMember = false;
          // Nobody that could have added this node responded when it started.
          const joined = await joinCluster(name, advertisedUrl, responses, logger, returning);
          return joined || ++attempts >= JOIN_ATTEMPTS;
        },
        scheduler,
        logger,
        stopped,
      },
      heard,
    );
    if (stopped()) return;
    await storage.adopt({ id: store.id, caughtUp: true, lineage: identity.lineage });
    // A snapshot contains the membership records, but no write announces them.
    membership.refresh();
  }
}
