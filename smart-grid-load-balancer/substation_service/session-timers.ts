import { type Session, type SubstationChargeRequest, sessionIdOf } from '@gridclock/grid-protocol';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import { sessionDurationMs } from './session-duration.ts';
import type { ChargeDecision, Substation } from './substation.ts';

/** Why a session ended: its time was over, or a client stopped it. */
export type SessionEnd = 'completed' | 'stopped';

/** Is notified of every decision and of every session that ends. */
export type SessionObserver = {
  decided: (decision: ChargeDecision) => void;
  ended: (end: SessionEnd) => void;
};

export type SessionTimersOptions = {
  substation: Substation;
  observer: SessionObserver;
  /** CHARGE_PROCESSING_TIME, in seconds. */
  processingTimeS: number;
  /** Its `now` is in milliseconds since 1970. */
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Unique, also across restarts. */
  newId: () => string;
};

/** Starts a substation's sessions and ends each one by a timer. */
export class SessionTimers {
  readonly substation: Substation;
  readonly #options: SessionTimersOptions;
  readonly #cancelTimer = new Map<string, () => void>();
  readonly #idleWaiters: (() => void)[] = [];

  constructor(options: SessionTimersOptions) {
    this.substation = options.substation;
    this.#options = options;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#options.scheduler.now();
  }

  /** Decides on a request and, if the substation accepts it, starts the timer of its session. */
  charge(request: SubstationChargeRequest): ChargeDecision {
    const { scheduler, newId, observer, processingTimeS, random } = this.#options;
    const sessionId = sessionIdOf(this.substation.id, newId());
    const durationMs = sessionDurationMs(request.priority, processingTimeS, random());
    const decision = this.substation.admit(request, { sessionId, now: scheduler.now(), durationMs });
    observer.decided(decision);
    if (decision.kind === 'accepted') {
      const cancel = scheduler.after(durationMs, () => this.#end(sessionId, 'completed'));
      this.#cancelTimer.set(sessionId, cancel);
    }
    return decision;
  }

  /** Ends a session early. Returns its last state, or undefined if there is no such session. */
  stop(sessionId: string): Session | undefined {
    this.#cancelTimer.get(sessionId)?.();
    return this.#end(sessionId, 'stopped');
  }

  /** Rejects new sessions, and resolves once no session is running or `limitMs` have passed. */
  async drain(limitMs: number): Promise<void> {
    this.substation.drain();
    if (this.substation.activeSessions === 0) return;
    const idle = new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    await Promise.race([idle, sleep(this.#options.scheduler, limitMs)]);
  }

  #end(sessionId: string, end: SessionEnd): Session | undefined {
    this.#cancelTimer.delete(sessionId);
    const session = this.substation.end(sessionId, this.now());
    if (session === undefined) return undefined;
    this.#options.observer.ended(end);
    if (this.substation.activeSessions === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    return session;
  }
}
