import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { sleep } from '@gridclock/service-kit/scheduler';
import { counterOf, merge, type VectorClock } from '../../causality/vector-clock.ts';

/** In milliseconds: as exact as a recovery time has to be, at ten requests per second and node. */
const POLL_MS = 100;

export type RecoveryWatchOptions = {
  nodes: readonly string[];
  /** Resolves to the clock of a node that serves, otherwise to undefined. */
  clockOf: (node: string) => Promise<VectorClock | undefined>;
  scheduler: Scheduler;
};

type Awaited = {
  nodes: readonly string[];
  /** What the nodes have to have; undefined until some node has said what there is. */
  goal: VectorClock | undefined;
  done: (isRecovered: boolean) => void;
};

/**
 * Measures how long nodes take to recover: until they serve again, with every write that any node had when the fault
 * ended. It asks the nodes only while somebody waits.
 */
export class RecoveryWatch {
  readonly #options: RecoveryWatchOptions;
  readonly #awaited = new Set<Awaited>();
  #isPolling = false;
  #isOver = false;

  constructor(options: RecoveryWatchOptions) {
    this.#options = options;
  }

  /** Resolves once the nodes have recovered, to true, or when the watch ends, to false. */
  recovered(nodes: readonly string[]): Promise<boolean> {
    return new Promise((done) => {
      if (this.#isOver) return done(false);
      this.#awaited.add({ nodes, goal: undefined, done });
      if (!this.#isPolling) void this.#poll();
    });
  }

  /** Looks a last time, then gives up on nodes that have not recovered. */
  async end(): Promise<void> {
    await this.#look();
    this.stop();
  }

  /** Gives up at once. */
  stop(): void {
    this.#isOver = true;
    for (const { done } of this.#awaited) done(false);
    this.#awaited.clear();
  }

  async #poll(): Promise<void> {
    this.#isPolling = true;
    while (this.#awaited.size > 0) {
      await this.#look();
      await sleep(this.#options.scheduler, POLL_MS);
    }
    this.#isPolling = false;
  }

  async #look(): Promise<void> {
    // Whoever comes while the nodes answer, waits for the next look: the answers may be older than its fault's end.
    const waiting = [...this.#awaited];
    const clocks = new Map(
      await Promise.all(
        this.#options.nodes.map(async (node) => [node, await this.#options.clockOf(node)] as const),
      ),
    );
    const known = [...clocks.values()].filter((clock) => clock !== undefined);
    if (known.length === 0) return;
    const all = known.reduce((merged, clock) => merge(merged, clock), {});
    for (const one of waiting) {
      one.goal ??= all;
      const { goal, nodes, done } = one;
      if (!nodes.every((node) => has(clocks.get(node), goal, all))) continue;
      this.#awaited.delete(one);
      done(true);
    }
  }
}

/** Whether a clock contains a goal. Entries that no node has any more are those of retired ids. */
function has(clock: VectorClock | undefined, goal: VectorClock, all: VectorClock): boolean {
  if (clock === undefined) return false;
  return Object.entries(goal).every(
    ([id, count]) => counterOf(clock, id) >= count || counterOf(all, id) === 0,
  );
}
