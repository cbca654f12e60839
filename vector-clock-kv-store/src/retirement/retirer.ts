import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { NodeId } from '../causality/node-id.ts';
import type { Heartbeat } from '../replication/transport.ts';
import { AbandonedIds } from './abandoned-ids.ts';
import { type ClusterView, type MemberReport, RetirementPlanner } from './retirement-planner.ts';

/**
 * 30 s: six times as long as a request may take, so that a message that a dead incarnation left in the network has
 * arrived or is lost. Short enough that clocks stay small where nodes lose their data all the time.
 */
export const RETIRE_AFTER_MS = 30_000;

/** 5 s: a small part of the delay above, and cheap. */
const EVERY_MS = 5_000;

/** 10 s: an idle peer is heard from every 2 s, so one that is silent for longer is gone. */
const FRESH_MS = 10_000;

export type RetirerOptions = {
  /** This node, the names of the other members, and the ids that are retired already. */
  view: () => Omit<ClusterView, 'others'> & { others: readonly string[] };
  /** The ids whose writes wait for a dependency. */
  waiting: () => Iterable<NodeId>;
  /** Drops the waiting writes of ids, and returns how many there were. */
  discard: (ids: ReadonlySet<NodeId>) => number;
  /** Makes the write that retires ids. */
  retire: (ids: readonly NodeId[]) => Promise<unknown>;
  scheduler: Scheduler;
  delayMs: number;
  logger: Logger;
};

/** Retires the ids of dead incarnations, if this node is the one to do it. */
export class Retirer {
  readonly #options: RetirerOptions;
  readonly #planner: RetirementPlanner;
  readonly #abandoned: AbandonedIds;
  readonly #reports = new Map<string, { report: MemberReport | undefined; at: number }>();
  #cancel: () => void;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: RetirerOptions) {
    this.#options = options;
    this.#planner = new RetirementPlanner(options.delayMs);
    this.#abandoned = new AbandonedIds(options.delayMs);
    this.#cancel = this.#schedule();
  }

  /** Records a member's heartbeat. */
  observe(name: string, heartbeat: Heartbeat): void {
    this.#reports.set(name, { report: reportOf(name, heartbeat), at: this.#options.scheduler.now() });
  }

  /** Resolves once the current round is over; no other follows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#round;
  }

  #schedule(): () => void {
    const { scheduler, delayMs } = this.#options;
    return scheduler.after(Math.min(EVERY_MS, delayMs), () => {
      this.#round = this.#retireDue().finally(() => {
        if (!this.#stopped) this.#cancel = this.#schedule();
      });
    });
  }

  async #retireDue(): Promise<void> {
    const { logger, retire, scheduler, view, waiting } = this.#options;
    const now = scheduler.now();
    const { others, ...rest } = view();
    for (const name of this.#reports.keys()) if (!others.includes(name)) this.#reports.delete(name);
    const reports = others.map((name) => {
      const latest = this.#reports.get(name);
      return latest !== undefined && now - latest.at <= FRESH_MS ? latest.report : undefined;
    });
    const cluster = { ...rest, others: reports };
    this.#discardAbandoned(this.#abandoned.among(new Set(waiting()), { ...cluster, members: others }, now));
    const ids = this.#planner.due(cluster, now);
    if (ids.length === 0) return;
    try {
      await retire(ids);
    } catch (error) {
      logger.warn({ err: error, ids }, 'failed to retire clock entries; trying again later');
    }
  }

  #discardAbandoned(ids: ReadonlySet<NodeId>): void {
    const { discard, logger, waiting } = this.#options;
    if ([...waiting()].length === 0) return;
    const writes = discard(ids);
    if (writes > 0 && ids.size > 0)
      logger.warn({ writes, ids: [...ids] }, 'dropped writes that waited for what does not exist');
  }
}

/** Undefined for a node of another implementation or an earlier release: it would refuse the write. */
function reportOf(name: string, heartbeat: Heartbeat): MemberReport | undefined {
  const { id, status, clock, heardOf, retired } = heartbeat;
  if (id === undefined || status === undefined || retired === undefined) return undefined;
  return { name, id, status, clock, heardOf };
}
