import { nameOf } from './causality/node-id.ts';
import { counterOf, type VectorClock } from './causality/vector-clock.ts';
import { dotOf, type Write } from './causality/write.ts';

/** 5 s: the clocks of nodes that a time service sets differ by less; a step by hand is minutes or hours. */
const CLOCK_TOLERANCE_MS = 5_000;

/** 8: about four seconds of heartbeats of a busy peer. For older writes the node's own age is the bound. */
const REPORTS_KEPT = 8;

/** A peer's own entries in a clock that it reported, and when it was asked, by the monotonic clock. */
type Report = { clock: VectorClock; askedAt: number };

/**
 * Measures how long writes of other nodes take until they are visible here, by the wall clocks of both nodes.
 *
 * A wall clock can be stepped, which would look like hours of delay. A write that its node had not made when it was
 * last asked is not older than that, and none is delivered before this node has started; both are known by the
 * monotonic clock. What exceeds that by more than clocks differ is not measured.
 */
export class DeliveryDelays {
  readonly #wallClock: () => number;
  readonly #monotonic: () => number;
  readonly #startedAt: number;
  readonly #reports = new Map<string, Report[]>();

  /**
   * @param wallClock milliseconds since 1970
   * @param monotonic milliseconds since any moment; never stepped
   */
  constructor(wallClock: () => number, monotonic: () => number) {
    this.#wallClock = wallClock;
    this.#monotonic = monotonic;
    this.#startedAt = monotonic();
  }

  /** Records the clock in a peer's heartbeat, which took `tookMs` to arrive after it was requested. */
  heard(peer: string, clock: VectorClock, tookMs: number): void {
    const own = Object.entries(clock).filter(([id]) => nameOf(id) === peer);
    const report = { clock: Object.fromEntries(own), askedAt: this.#monotonic() - tookMs };
    const reports = this.#reports.get(peer) ?? [];
    const last = reports.at(-1);
    if (last !== undefined && own.every(([id, counter]) => counterOf(last.clock, id) === counter)) {
      last.askedAt = report.askedAt;
      return;
    }
    this.#reports.set(peer, [...reports, report].slice(-REPORTS_KEPT));
  }

  /** Returns the delay of a write that has just become visible, in milliseconds; undefined if it is not plausible. */
  measure(write: Write): number | undefined {
    if (write.at === undefined) return undefined;
    // Wall clocks differ: a write from the future counts as just made.
    const delayMs = Math.max(0, this.#wallClock() - write.at);
    // Most are short: only for others is it worth searching what the peer has reported.
    const isPlausible =
      delayMs <= CLOCK_TOLERANCE_MS || delayMs <= this.#longestMs(write) + CLOCK_TOLERANCE_MS;
    return isPlausible ? delayMs : undefined;
  }

  #longestMs(write: Write): number {
    const { node, counter } = dotOf(write);
    const before = this.#reports.get(nameOf(node))?.findLast(({ clock }) => counterOf(clock, node) < counter);
    return this.#monotonic() - (before?.askedAt ?? this.#startedAt);
  }
}
