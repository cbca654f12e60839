import { type Session, type SubstationChargeRequest, sessionIdOf } from '@gridclock/grid-protocol';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { sessionDurationMs } from './session-duration.ts';
import type { Admission, Substation } from './substation.ts';
import type { SubstationMetrics } from './substation-metrics.ts';

export type ChargingOptions = {
  substation: Substation;
  metrics: SubstationMetrics;
  /** CHARGE_PROCESSING_TIME, in seconds. */
  processingTimeS: number;
  /** Its `now` is milliseconds since 1970. */
  clock: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Never the same twice, not even across restarts. */
  newId: () => string;
};

/** Lets time act on a substation: every session ends by a timer of its own. */
export class Charging {
  readonly substation: Substation;
  readonly #options: ChargingOptions;
  readonly #timers = new Map<string, () => void>();
  readonly #idle: (() => void)[] = [];

  constructor(options: ChargingOptions) {
    this.substation = options.substation;
    this.#options = options;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#options.clock.now();
  }

  /** Decides on a request; a session that is accepted ends by itself when its time is over. */
  charge(request: SubstationChargeRequest): Admission {
    const { clock, metrics, newId, processingTimeS, random } = this.#options;
    const sessionId = sessionIdOf(this.substation.id, newId());
    const durationMs = sessionDurationMs(request.priority, processingTimeS, random());
    const admission = this.substation.admit(request, { sessionId, now: clock.now(), durationMs });
    metrics.admission(admission);
    if (admission.kind === 'accepted') {
      this.#timers.set(
        sessionId,
        clock.after(durationMs, () => this.#end(sessionId, 'completed')),
      );
    }
    return admission;
  }

  /** Ends a session before its time. Returns it as it was, or undefined where there is none. */
  stop(sessionId: string): Session | undefined {
    this.#timers.get(sessionId)?.();
    return this.#end(sessionId, 'stopped');
  }

  /** Resolves once no session runs any more. */
  whenIdle(): Promise<void> {
    if (this.substation.activeSessions === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #end(sessionId: string, end: 'completed' | 'stopped'): Session | undefined {
    this.#timers.delete(sessionId);
    const session = this.substation.end(sessionId, this.now());
    if (session === undefined) return undefined;
    this.#options.metrics.ended(end);
    if (this.substation.activeSessions === 0) for (const resolve of this.#idle.splice(0)) resolve();
    return session;
  }
}
