import { missingDependency } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import type { FaultyTransport } from '../replication/faulty-transport.ts';
import { isReservedKey } from '../storage/storage.ts';
import { shorten, summarizeWithClock } from '../trace/event.ts';
import type { EventTrace } from '../trace/event-trace.ts';
import type { NodeView, ShownBuffered, ShownKey, ShownLink } from './node-view.ts';

/** The most keys, buffered writes and members that fit a page that people read. */
const MAX_KEYS = 40;
const MAX_BUFFERED = 20;
const MAX_MEMBERS = 30;

/** How many events a page gets that has none yet, and at once: a few screens. */
const MAX_EVENTS = 300;

/** The first keys of the store, in bytes of JSON: more than are shown, unless their values are long. */
const KEYS_BYTES = 8 * 1024;

export type ViewOptions = {
  node: ClusterNode;
  events: EventTrace | undefined;
  faultyLinks: ReadonlyMap<string, FaultyTransport> | undefined;
};

/** Which events a page has already: up to number `since` of the process `host`. */
export type SeenEvents = { host: string | undefined; since: number };

/** Shows a node to the live page. */
export class NodeViewer {
  readonly #options: ViewOptions;
  #keys: { clock: unknown; shown: Pick<NodeView, 'keys' | 'more_keys'> } | undefined;

  constructor(options: ViewOptions) {
    this.#options = options;
  }

  async view(seen: SeenEvents): Promise<NodeView> {
    const { node, events, faultyLinks } = this.#options;
    const { store } = node;
    return {
      node: node.name,
      clock_id: node.id,
      status: node.status,
      clock: node.liveClock,
      members: [node.name, ...node.directory.peers.map(({ id }) => id)].slice(0, MAX_MEMBERS),
      ...(await this.#shownKeys()),
      buffered: (store?.buffered() ?? []).slice(0, MAX_BUFFERED).flatMap((write) => this.#condition(write)),
      buffer_size: store?.bufferDepth ?? 0,
      links:
        faultyLinks && [...faultyLinks].slice(0, MAX_MEMBERS).map(([peer, link]) => viewLink(peer, link)),
      trace: events?.since(firstOf(events, seen), MAX_EVENTS),
    };
  }

  #condition(write: Write): ShownBuffered[] {
    const clock = this.#options.node.store?.delivered ?? {};
    const missing = missingDependency(clock, write.sender, write.vc);
    if (missing === undefined) return [];
    return [{ write: summarizeWithClock(write), missing, has: clock[missing.node] ?? 0 }];
  }

  /** The keys of the latest events, then the first keys of the store. Read again only when a write has become visible. */
  async #shownKeys(): Promise<Pick<NodeView, 'keys' | 'more_keys'>> {
    const { node, events } = this.#options;
    const { store, status } = node;
    if (store === undefined || status !== 'ok') return { keys: [], more_keys: false };
    const { clock } = node;
    if (this.#keys?.clock === clock) return this.#keys.shown;
    const found = new Map<string, ShownKey>();
    const add = (key: string, versions: readonly { value: unknown }[]) => {
      const [winner] = versions;
      if (winner === undefined || winner.value === null || isReservedKey(key)) return;
      found.set(key, {
        key: shorten(key),
        value: shorten(JSON.stringify(winner.value)),
        versions: versions.length,
      });
    };
    for (const key of recentKeys(events))
      if (found.size < MAX_KEYS) add(key, (await store.get(key)).versions);
    const snapshot = store.openSnapshot();
    try {
      const { keys, next } = snapshot.page(undefined, KEYS_BYTES);
      for (const [key, versions] of keys) if (found.size < MAX_KEYS) add(key, versions);
      const shown = { keys: [...found.values()], more_keys: next !== undefined || found.size >= MAX_KEYS };
      this.#keys = { clock, shown };
      return shown;
    } finally {
      snapshot.close();
    }
  }
}

function firstOf(events: EventTrace, { host, since }: SeenEvents): number {
  const last = events.clock[events.host] ?? 0;
  return host === events.host ? Math.max(since, last - MAX_EVENTS) : Math.max(0, last - MAX_EVENTS);
}

function recentKeys(events: EventTrace | undefined): Iterable<string> {
  if (events === undefined) return [];
  const latest = events.since(Math.max(0, (events.clock[events.host] ?? 0) - MAX_EVENTS), MAX_EVENTS).events;
  const keys = new Set<string>();
  // A shortened key is none of the store's.
  for (const event of latest.reverse())
    if ((event.kind === 'write' || event.kind === 'deliver') && !event.write.key.endsWith('…'))
      keys.add(event.write.key);
  return keys;
}

function viewLink(peer: string, link: FaultyTransport): ShownLink {
  const faults = link.faults.remaining.map(({ action, count, delayMs, remainingMs }) => ({
    action,
    ...(count === undefined ? {} : { count }),
    ...(delayMs === undefined ? {} : { delay_ms: delayMs }),
    // In seconds, so that a page hears of it once a second and not with every look.
    ...(remainingMs === undefined ? {} : { remaining_s: Math.ceil(remainingMs / 1_000) }),
  }));
  return { peer, faults, held: link.faults.held.slice(0, MAX_BUFFERED).map(summarizeWithClock) };
}
