import { type SubstationChargeRequest, sessionIdOf, uniqueInLife } from '@gridclock/grid-protocol';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { ChargeDecision } from './charge-decision.ts';
import { ClockSteps } from './clock-steps.ts';
import type { EndedSessionReport } from './session-description.ts';
import { sessionDurationMs } from './session-duration.ts';
import type { SessionEnd } from './session-records.ts';
import type { SessionSecrets } from './session-secrets.ts';
import type { Substation } from './substation.ts';

/** Is notified of every decision. */
export type SessionObserver = {
  decided: (decision: ChargeDecision) => void;
};

export type SessionTimersOptions = {
  substation: Substation;
  secrets: SessionSecrets;
  observer: SessionObserver;
  /** CHARGE_PROCESSING_TIME, in seconds. */
  processingTimeS: number;
  /** Its `now` is in milliseconds since 1970. */
  scheduler: Scheduler;
  /** Milliseconds, from a clock that cannot be set; by default the scheduler's. */
  monotonic?: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Unique, also across restarts. */
  newId: () => string;
};

/** Starts a substation's sessions and ends each one by a timer. */
export class SessionTimers {
  readonly substation: Substation;
  readonly #options: SessionTimersOptions;
  readonly #clockSteps: ClockSteps;
  readonly #cancelTimer = new Map<string, () => void>();
  readonly #idleWaiters: (() => void)[] = [];
  #stopping = false;

  constructor(options: SessionTimersOptions) {
    this.substation = options.substation;
    this.#options = options;
    const { now } = options.scheduler;
    this.#clockSteps = new ClockSteps(now, options.monotonic ?? now);
    // Sessions that were running before a restart.
    for (const [id, ms] of this.substation.remaining(now())) this.#startTimer(id, ms);
  }

  /** True once `drain` was called: the process is about to exit. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Milliseconds since 1970. Moves the running sessions along when the clock was set. */
  now(): number {
    const step = this.#clockSteps.take();
    if (step !== 0) this.substation.clockWasSet(step);
    return this.#options.scheduler.now();
  }

  /** Decides on a request and, if the substation accepts it, starts the timer of its session. */
  charge(request: SubstationChargeRequest): ChargeDecision {
    const { observer, processingTimeS, random, secrets } = this.#options;
    const durationMs = sessionDurationMs(request.priority, processingTimeS, random());
    const now = this.now();
    const sessionId = this.#newSessionId(now + durationMs);
    const decision = this.substation.admit(request, { sessionId, now, durationMs });
    observer.decided(decision);
    if (decision.kind === 'accepted') {
      this.#startTimer(sessionId, durationMs);
      return { kind: 'accepted', response: decision.response, secret: secrets.issue(sessionId) };
    }
    if (decision.kind !== 'replayed') return decision;
    return { ...decision, secret: secrets.reissue(decision.response.session_id) };
  }

  /** Whether a secret allows to read and stop a session. True if there is no such session. */
  accepts(sessionId: string, secret: string | undefined): boolean {
    return this.#options.secrets.accepts(sessionId, secret);
  }

  /** Ends a session early. Returns its last state, or undefined if there is no such session. */
  stop(sessionId: string): EndedSessionReport | undefined {
    return this.#end(sessionId, 'stopped');
  }

  /** Ends a session that could not be stored. Its sender learns that it was not accepted. */
  withdraw(sessionId: string): void {
    this.#end(sessionId, 'withdrawn');
  }

  /** Rejects new sessions, and resolves once no session is running or `limitMs` have passed. */
  async drain(limitMs: number): Promise<void> {
    this.#stopping = true;
    this.substation.drain();
    if (this.substation.activeSessions === 0) return;
    const idle = new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    await Promise.race([idle, sleep(this.#options.scheduler, limitMs)]);
  }

  #newSessionId(endsAt: number): string {
    const { id, life } = this.substation;
    const unique = this.#options.newId();
    return sessionIdOf(id, life === undefined ? unique : uniqueInLife(life, endsAt, unique));
  }

  #startTimer(sessionId: string, ms: number): void {
    const cancel = this.#options.scheduler.after(ms, () => this.#end(sessionId, 'completed'));
    this.#cancelTimer.set(sessionId, cancel);
  }

  #end(sessionId: string, end: SessionEnd): EndedSessionReport | undefined {
    this.#cancelTimer.get(sessionId)?.();
    this.#cancelTimer.delete(sessionId);
    this.#options.secrets.end(sessionId);
    const session = this.substation.end(sessionId, this.now(), end);
    if (session === undefined) return undefined;
    if (this.substation.activeSessions === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    return session;
  }
}
