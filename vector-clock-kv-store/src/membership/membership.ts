import type { Logger } from '@gridclock/service-kit';
import type { Peer } from '../causality/peer.ts';
import { MEMBERS_KEY } from '../storage/storage.ts';
import type { Incarnation } from './incarnation.ts';
import type { MemberDirectory } from './member-directory.ts';
import type { NodeStatus } from './node-lifecycle.ts';

export type MembershipOptions = {
  directory: MemberDirectory;
  status: () => NodeStatus;
  /** What the node runs now; undefined while it starts. */
  running: () => Pick<Incarnation, 'store' | 'replicator'> | undefined;
  logger: Logger;
};

/** Changes who is a member and where, and sends to the members as they are now. */
export class Membership {
  readonly #options: MembershipOptions;
  #recording = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Adds a member to the cluster, or changes its URL. Resolves once that is stored here. */
  async admit(member: Peer): Promise<void> {
    const { directory, running } = this.#options;
    const records = directory.recordsWith(member);
    if (records !== undefined) await running()?.store.put(MEMBERS_KEY, records);
  }

  /** Removes a member from the cluster: nodes no longer send to it or wait for it. */
  async expel(member: Peer): Promise<void> {
    const { directory, running } = this.#options;
    await running()?.store.put(MEMBERS_KEY, directory.recordsWithout(member));
  }

  /** Reads the stored membership records, and sends to the members that they name. */
  refresh(): void {
    this.#options.directory.refresh();
    this.#connect();
  }

  /** Adds a node that turned out to be a member although it is not listed here. */
  introduce(peer: Peer): void {
    const { directory, logger } = this.#options;
    logger.warn(peer, 'an unlisted node is a member of this cluster; sending to it');
    directory.introduce(peer);
    this.#connect();
  }

  /** Follows a member to another address. */
  follow(peer: Peer): void {
    const { directory, logger } = this.#options;
    if (!directory.learnAddress(peer)) return;
    logger.warn(peer, 'a member has moved; using its new address');
    this.#connect();
    void this.recordAddresses();
  }

  /** Sends the other members the addresses that nodes have given here. Call it again: it may fail, as on a full disk. */
  async recordAddresses(): Promise<void> {
    const { directory, running, status } = this.#options;
    const records = status() === 'ok' && !this.#recording ? directory.recordsWithAddresses() : undefined;
    if (records === undefined) return;
    this.#recording = true;
    try {
      await running()?.store.put(MEMBERS_KEY, records);
    } catch {
      // It is tried again with the next heartbeat. A full disk is logged elsewhere.
    } finally {
      this.#recording = false;
    }
  }

  #connect(): void {
    const { directory, running } = this.#options;
    running()?.replicator.connect(directory.endpoints());
  }
}
