import { Budget } from '@gridclock/service-kit/budget';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { memoryBytes } from '../causality/memory-size.ts';
import type { Retirements } from '../causality/retirements.ts';
import { descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { ConditionWaiters } from '../condition-waiters.ts';
import { WAITING_SESSIONS } from '../limits.ts';
import type { Storage } from '../storage/storage.ts';
import { InstallingError } from './write-gate.ts';

/** A client's causal context, and how long a node that is behind it may take to catch up, in milliseconds. */
export type Session = { context: VectorClock; waitMs: number };

export const noSession: Session = { context: zeroClock, waitMs: 0 };

/** This node did not catch up with the client's context in time. */
export class BehindError extends Error {
  override readonly name = 'BehindError';
  readonly context: VectorClock;
  readonly clock: VectorClock;
  readonly retired: Retirements;

  constructor(context: VectorClock, { clock, retired }: Pick<Storage, 'clock' | 'retired'>) {
    super('This node is behind what the client has seen; retry or ask another node');
    this.context = context;
    this.clock = clock;
    this.retired = retired;
  }
}

/** Lets a client's request wait until this node has stored what the client has seen. */
export class SessionGate {
  readonly #storage: Pick<Storage, 'clock' | 'awaited' | 'retired'>;
  readonly #waiters: ConditionWaiters;
  readonly #waiting = new Budget('waiting_sessions', WAITING_SESSIONS);

  constructor(storage: Pick<Storage, 'clock' | 'awaited' | 'retired'>, scheduler: Scheduler) {
    this.#storage = storage;
    this.#waiters = new ConditionWaiters(scheduler);
  }

  /**
   * @param heldBytes returns what the caller holds in memory meanwhile
   * @throws BehindError if this node does not catch up with the session in time
   * @throws InstallingError if it has, but its data is not consistent yet
   * @throws OverBudgetError if this node is behind, and too many wait already
   */
  async catchUpWith({ context, waitMs }: Session, heldBytes = () => 0): Promise<void> {
    // Read again each time: a snapshot may be installed meanwhile.
    const caughtUp = () => descends(this.#storage.clock, merge(context, this.#storage.awaited));
    if (caughtUp()) return;
    const release = this.#waiting.take(heldBytes() + memoryBytes(context));
    try {
      if (await this.#waiters.wait(caughtUp, waitMs)) return;
    } finally {
      release();
    }
    // Then no write of the context is missing, so a list of the missing ones would be empty.
    if (descends(this.#storage.clock, context))
      throw new InstallingError('This node is catching up with its peers; retry or ask another node');
    throw new BehindError(context, this.#storage);
  }

  /** Resolves to true as soon as this node has stored every write in `clock`, or to false after `limitMs`. */
  waitFor(clock: VectorClock, limitMs: number): Promise<boolean> {
    return this.#waiters.wait(() => descends(this.#storage.clock, clock), limitMs);
  }

  /** Lets requests pass that this node has caught up with. Call it after the clock has changed. */
  recheck(): void {
    this.#waiters.recheck();
  }
}
