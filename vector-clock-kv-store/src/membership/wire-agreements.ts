import type { Logger } from '@gridclock/service-kit';
import {
  commonVersion,
  FIRST_WIRE_FORMATS,
  formatVersions,
  type WireFormats,
} from '../replication/wire-formats.ts';

/** A peer with which no message can be exchanged, and what to do about it. */
export type IncompatiblePeer = { peer: string; reads: WireFormats['reads']; message: string };

/** Which version of the wire format this node and each of its peers speak, by the last heartbeat of each. */
export class WireAgreements {
  readonly own: WireFormats;
  readonly #logger: Logger;
  readonly #versions = new Map<string, number>();
  readonly #incompatible = new Map<string, IncompatiblePeer>();

  constructor(own: WireFormats, logger: Logger) {
    this.own = own;
    this.#logger = logger;
  }

  /** Returns why no message can be exchanged with a peer; undefined if it can. Logs when that changes. */
  agree(peer: string, stated: WireFormats = FIRST_WIRE_FORMATS): string | undefined {
    const version = commonVersion(this.own, stated);
    const before = this.#incompatible.get(peer);
    this.#versions.set(peer, version ?? 0);
    if (version !== undefined) {
      this.#incompatible.delete(peer);
      if (before !== undefined)
        this.#logger.info({ peer, version }, 'the peer reads messages of this node again');
      return undefined;
    }
    const older = stated.reads[1] < this.own.reads[0] ? peer : 'this node';
    const message =
      `${peer} reads ${formatVersions(stated)} of the messages between nodes, ` +
      `this node ${formatVersions(this.own)}; update ${older}`;
    this.#incompatible.set(peer, { peer, reads: stated.reads, message });
    if (before?.message !== message) this.#logger.error({ peer }, message);
    return message;
  }

  /** Returns the version spoken with a peer, 0 if there is none; undefined before its first heartbeat. */
  versionOf(peer: string): number | undefined {
    return this.#versions.get(peer);
  }

  /** Returns those of some peers with which no message can be exchanged. */
  incompatibleAmong(peers: readonly { id: string }[]): IncompatiblePeer[] {
    return peers.flatMap(({ id }) => this.#incompatible.get(id) ?? []);
  }
}
