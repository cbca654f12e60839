import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Peer } from '../causality/peer.ts';
import { EventRing } from './event-ring.ts';
import type { ClusterMember, ClusterView, NodeView } from './node-view.ts';
import type { SeenEvents } from './view-node.ts';

/** How often a node is looked at while a page is open, in milliseconds: soon enough to look immediate. */
const LOOK_EVERY_MS = 200;

/** The same for a node that did not respond. */
const RETRY_MS = 1_000;

/** Of each node: a few screens. */
const KEPT_EVENTS = { events: 500, bytes: 512 * 1024 };

/** Receives what has changed, as the data of server-sent events. */
export type Viewer = (event: 'cluster' | 'events', data: string) => void;

export type RelayOptions = {
  self: string;
  peers: () => readonly Peer[];
  viewSelf: (seen: SeenEvents) => Promise<NodeView>;
  /** Rejects with a reason that people can read. */
  viewPeer: (peer: Peer, seen: SeenEvents) => Promise<NodeView>;
  scheduler: Scheduler;
};

type Watched = { name: string; seen: SeenEvents; ring: EventRing; member: ClusterMember };

/**
 * Watches all nodes for the pages that are open at this one. A browser may reach this node only: behind Docker, it can
 * resolve no name of a peer. While no page is open, it does nothing.
 */
export class ClusterRelay {
  readonly #options: RelayOptions;
  readonly #viewers = new Set<Viewer>();
  readonly #watched = new Map<string, Watched>();
  #sent = '';

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Shows the cluster to a viewer, at once and whenever it changes. Returns a function that ends it. */
  subscribe(viewer: Viewer): () => void {
    this.#viewers.add(viewer);
    this.#watchMembers();
    return () => this.#viewers.delete(viewer);
  }

  /** Sends a viewer everything that is kept. */
  replay(viewer: Viewer): void {
    viewer('cluster', JSON.stringify(this.#view()));
    for (const { ring } of this.#watched.values())
      if (ring.texts.length > 0) viewer('events', `[${ring.texts.join()}]`);
  }

  #watchMembers(): void {
    const { self, peers } = this.#options;
    const names = [self, ...peers().map(({ id }) => id)];
    for (const name of this.#watched.keys()) if (!names.includes(name)) this.#watched.delete(name);
    for (const name of names) {
      if (this.#watched.has(name)) continue;
      const watched: Watched = {
        name,
        seen: { host: undefined, since: 0 },
        ring: new EventRing(KEPT_EVENTS),
        member: { name },
      };
      this.#watched.set(name, watched);
      void this.#watch(watched);
    }
  }

  async #watch(watched: Watched): Promise<void> {
    while (this.#viewers.size > 0 && this.#watched.get(watched.name) === watched) {
      const isReached = await this.#look(watched);
      this.#watchMembers();
      this.#announce();
      await sleep(this.#options.scheduler, isReached ? LOOK_EVERY_MS : RETRY_MS);
    }
    // The next viewer starts again.
    if (this.#watched.get(watched.name) === watched) this.#watched.delete(watched.name);
  }

  async #look(watched: Watched): Promise<boolean> {
    const { self, peers, viewPeer, viewSelf } = this.#options;
    try {
      const peer = peers().find(({ id }) => id === watched.name);
      if (peer === undefined && watched.name !== self) return false;
      const { trace, ...view } = await (peer === undefined
        ? viewSelf(watched.seen)
        : viewPeer(peer, watched.seen));
      watched.member = { name: watched.name, view };
      if (trace !== undefined) {
        watched.seen = {
          host: trace.host,
          since: trace.events.at(-1)?.clock[trace.host] ?? watched.seen.since,
        };
        const texts = trace.events.map((event) => JSON.stringify(event));
        watched.ring.add(texts);
        if (texts.length > 0) for (const viewer of this.#viewers) viewer('events', `[${texts.join()}]`);
      }
      return true;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      watched.member = { ...watched.member, problem };
      return false;
    }
  }

  #announce(): void {
    const text = JSON.stringify(this.#view());
    if (text === this.#sent) return;
    this.#sent = text;
    for (const viewer of this.#viewers) viewer('cluster', text);
  }

  #view(): ClusterView {
    return { self: this.#options.self, nodes: [...this.#watched.values()].map(({ member }) => member) };
  }
}
