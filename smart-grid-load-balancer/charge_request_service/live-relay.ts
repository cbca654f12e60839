import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { z } from 'zod';
import type { BalancerResult } from './balancer-result.ts';

/** Receives server-sent events: a name, and JSON. */
export type Viewer = (event: 'grid' | 'unreachable', data: string) => void;

export type LiveRelayOptions = {
  /** Asks the balancer for what has happened after a decision. */
  read: (since: number) => Promise<BalancerResult>;
  scheduler: Scheduler;
};

/** 500 ms: a person sees it as immediate, and for the balancer it is two requests a second. */
const INTERVAL_MS = 500;

const liveSchema = z.looseObject({ decisions: z.array(z.looseObject({ seq: z.number() })) });

/** Asks the balancer what happens, once for all who watch. Without watchers it does nothing. */
export class LiveRelay {
  readonly #options: LiveRelayOptions;
  readonly #viewers = new Set<Viewer>();
  #since = 0;
  #latest: readonly ['grid' | 'unreachable', string] | undefined;
  #isRunning = false;

  constructor(options: LiveRelayOptions) {
    this.#options = options;
  }

  /** Sends a viewer the latest state and all that follow. Returns a function that ends this. */
  subscribe(viewer: Viewer): () => void {
    this.#viewers.add(viewer);
    if (this.#isRunning && this.#latest !== undefined) viewer(...this.#latest);
    else if (!this.#isRunning) this.#start();
    return () => this.#viewers.delete(viewer);
  }

  #start(): void {
    this.#isRunning = true;
    this.#since = 0;
    this.#latest = undefined;
    void this.#readOnce();
  }

  async #readOnce(): Promise<void> {
    this.#latest = await this.#read().catch(
      () => ['unreachable', JSON.stringify({ reason: 'it could not be asked' })] as const,
    );
    for (const viewer of this.#viewers) viewer(...this.#latest);
    this.#options.scheduler.after(INTERVAL_MS, () => {
      if (this.#viewers.size > 0) void this.#readOnce();
      else this.#isRunning = false;
    });
  }

  async #read(): Promise<readonly ['grid' | 'unreachable', string]> {
    const result = await this.#options.read(this.#since);
    if ('unreachable' in result) return ['unreachable', JSON.stringify({ reason: result.reason })];
    const live = liveSchema.safeParse(result.body).data;
    // A balancer of another implementation, or of an earlier release, has no such route.
    if (result.status !== 200 || live === undefined)
      return ['unreachable', JSON.stringify({ reason: `it answered ${result.status}` })];
    this.#since = live.decisions.at(-1)?.seq ?? this.#since;
    return ['grid', JSON.stringify(live)];
  }
}
