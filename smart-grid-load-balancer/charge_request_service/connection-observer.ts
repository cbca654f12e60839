/** A request that waits for its response. */
export type ObservedRequest = {
  /**
   * Whether the connections that the request may have used are dead: newer ones have got responses, and for some
   * time, old ones have not.
   */
  oldConnectionsDead: (now: number) => boolean;
  /** Ends the observation. */
  end: () => void;
};

type Observation = { sentAt: number; lastOld: number; newResponded: boolean };

/**
 * Tells dead connections from a slow server, by the responses that arrive while requests wait.
 *
 * When a NAT forgets its connections, only newly established ones get responses. A server that is overloaded responds
 * on old ones too. Pure: times, in milliseconds, are passed in.
 */
export class ConnectionObserver {
  readonly #silenceMs: number;
  readonly #waiting = new Set<Observation>();

  /** @param silenceMs after how long without a response old connections may be dead */
  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** Observes the connections for a request, until `end`. */
  sent(sentAt: number): ObservedRequest {
    const observation: Observation = { sentAt, lastOld: sentAt, newResponded: false };
    this.#waiting.add(observation);
    return {
      oldConnectionsDead: (now) => observation.newResponded && now - observation.lastOld >= this.#silenceMs,
      end: () => void this.#waiting.delete(observation),
    };
  }

  /** Records a response on a connection that was established at `connectedAt`. */
  responded(connectedAt: number, now: number): void {
    for (const observation of this.#waiting) {
      if (connectedAt >= observation.sentAt) observation.newResponded = true;
      else observation.lastOld = now;
    }
  }
}
