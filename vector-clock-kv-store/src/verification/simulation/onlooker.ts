import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import { compare, descends, type VectorClock } from '../../causality/vector-clock.ts';
import type { ClusterNode } from '../../cluster-node.ts';
import type { HistoryRecorder, RecordedSession } from '../history/recorder.ts';

/** Time between two looks, in milliseconds. Looking every 5 ms trebles the time that a schedule takes. */
const EVERY_MS = 20;

type CausalStore = NonNullable<ClusterNode['store']>;

export type OnlookerOptions = {
  /** The name of the node, and of the recorded sessions. */
  name: string;
  /** The node's process at the moment; undefined while it is down or clients may not use it. */
  node: () => ClusterNode | undefined;
  keys: readonly string[];
  recorder: HistoryRecorder;
  scheduler: Scheduler;
};

/**
 * Reads every key of one node again and again without a context.
 *
 * A client with a context waits for what is missing, so it hides a node that shows a write before its causes. An
 * onlooker sees it. It draws no random numbers and sends no messages, so the rest of a schedule stays as it would be.
 */
export class Onlooker {
  readonly #options: OnlookerOptions;
  #sessions = 0;
  #watched: { store: CausalStore; session: RecordedSession; seen: VectorClock | undefined } | undefined;

  constructor(options: OnlookerOptions) {
    this.#options = options;
  }

  /** Looks until `stopped` returns true. */
  async run(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      await this.#look();
      await sleep(this.#options.scheduler, EVERY_MS);
    }
  }

  async #look(): Promise<void> {
    const node = this.#options.node();
    const store = node?.status === 'ok' ? node.store : undefined;
    if (store === undefined) {
      this.#watched = undefined;
      return;
    }
    const { clock } = store;
    const watched = this.#sessionOf(store, clock);
    if (watched.seen !== undefined && compare(watched.seen, clock) === 'equal') return;
    watched.seen = clock;
    for (const key of this.#options.keys) await watched.session.get(key).catch(() => undefined);
  }

  /** A session ends with the process, and when a node replaces its data by older data of a peer. */
  #sessionOf(store: CausalStore, clock: VectorClock) {
    const before = this.#watched;
    if (before?.store === store && descends(clock, before.seen ?? {})) return before;
    const { name, recorder } = this.#options;
    this.#sessions += 1;
    const session = recorder.session(`onlooker ${this.#sessions} of ${name}`, {
      put: () => Promise.reject(new Error('an onlooker only reads')),
      delete: () => Promise.reject(new Error('an onlooker only reads')),
      get: async (key) => {
        const { versions } = await store.get(key);
        return { value: versions[0]?.value ?? null };
      },
    });
    this.#watched = { store, session, seen: undefined };
    return this.#watched;
  }
}
