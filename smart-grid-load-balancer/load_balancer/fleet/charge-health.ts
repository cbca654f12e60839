import { exponentialMs } from '@gridclock/service-kit/backoff';
import type { HealthOptions } from './health.ts';

/**
 * Ejects a substation whose charges fail, whatever its polls say: a process may answer polls and hang on charges.
 *
 * A circuit breaker, as Envoy's outlier detection: after the ejection time it is half-open, and one real charge
 * at a time probes it. A definite reply closes it; another failure ejects for twice as long. Polls matter only after an
 * outage, in which they failed too: then the first one that succeeds lets a charge probe at once.
 *
 * A NAT can forget all pooled connections together, so failures on connections from before the first failure count
 * once, until a newer connection fails too.
 * Times are in milliseconds and are passed in.
 */
export class ChargeHealth {
  readonly #options: HealthOptions;
  /** A probe without an outcome is forgotten after this time. */
  readonly #probeMs: number;
  #consecutiveFailures = 0;
  /** When the first charge on a reused connection failed, since the last definite reply. */
  #oldConnectionsFailedAt: number | undefined;
  #newConnectionFailed = false;
  #ejections = 0;
  #ejectedUntil: number | undefined;
  #probingUntil = Number.NEGATIVE_INFINITY;
  #outageEndedAt = Number.NEGATIVE_INFINITY;
  #closedSince = Number.NEGATIVE_INFINITY;

  constructor(options: HealthOptions, probeMs: number) {
    this.#options = options;
    this.#probeMs = probeMs;
  }

  /** `closed`: in rotation. `half-open`: one charge at a time may probe it. */
  state(now: number): 'closed' | 'ejected' | 'half-open' {
    if (this.#ejectedUntil === undefined) return 'closed';
    return now < this.#ejectedUntil ? 'ejected' : 'half-open';
  }

  /** Whether since the last definite reply, charges have failed on old connections only. */
  get onlyOldConnectionsFailed(): boolean {
    return this.#oldConnectionsFailedAt !== undefined && !this.#newConnectionFailed;
  }

  /** Whether a probe is on its way. */
  isProbed(now: number): boolean {
    return now < this.#probingUntil;
  }

  /** Records that a charge is sent. */
  sent(now: number): void {
    if (this.state(now) === 'half-open') this.#probingUntil = now + this.#probeMs;
  }

  /**
   * Records a definite reply to a charge. A refusal is one too.
   *
   * @returns true when this reply readmitted the substation
   */
  succeeded(now: number): boolean {
    this.#consecutiveFailures = 0;
    this.#oldConnectionsFailedAt = undefined;
    this.#newConnectionFailed = false;
    this.#probingUntil = Number.NEGATIVE_INFINITY;
    const state = this.state(now);
    if (state === 'closed' && now - this.#closedSince >= this.#options.resetAfterMs) this.#ejections = 0;
    if (state !== 'half-open') return false;
    this.#ejectedUntil = undefined;
    this.#closedSince = now;
    return true;
  }

  /**
   * Records a charge without a usable reply. One that was sent before the ejection ended is no probe; it shows that the
   * ejection must continue, so that the next driver is not the next probe.
   *
   * @param sentAt when it was sent
   * @param isOutage whether polls fail too: then they decide when it is back, and ejections do not get longer
   * @param connectedAt when its connection was established, where an earlier message had used it
   * @returns true when this failure ejected the substation
   */
  failed(now: number, sentAt: number, isOutage = false, connectedAt = sentAt): boolean {
    const { failuresToEject } = this.#options;
    // The outage explains it.
    if (sentAt < this.#outageEndedAt) return false;
    if (this.#isSameLoss(now, sentAt, connectedAt)) return false;
    this.#consecutiveFailures += 1;
    if (this.#ejectedUntil !== undefined && sentAt < this.#ejectedUntil) {
      if (!isOutage) this.#ejectedUntil = Math.max(this.#ejectedUntil, now + this.#ejectionMs());
      return false;
    }
    this.#probingUntil = Number.NEGATIVE_INFINITY;
    if (this.state(now) === 'closed' && this.#consecutiveFailures < failuresToEject) return false;
    this.#ejections = isOutage ? Math.max(1, this.#ejections) : this.#ejections + 1;
    this.#ejectedUntil = now + this.#ejectionMs();
    return true;
  }

  /** Records that polls succeed again after they had failed too. */
  outageEnded(now: number): void {
    this.#outageEndedAt = now;
    if (this.state(now) === 'ejected') this.#ejectedUntil = now;
  }

  /** Records whose connection failed. Returns whether an earlier failure already shows the same. */
  #isSameLoss(now: number, sentAt: number, connectedAt: number): boolean {
    const firstAt = this.#oldConnectionsFailedAt;
    if (connectedAt >= Math.min(sentAt, firstAt ?? sentAt)) this.#newConnectionFailed = true;
    if (this.#newConnectionFailed) return false;
    this.#oldConnectionsFailedAt ??= now;
    return firstAt !== undefined;
  }

  #ejectionMs(): number {
    return exponentialMs(this.#options.ejection, this.#ejections);
  }
}
