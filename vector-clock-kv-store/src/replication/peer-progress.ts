import type { LifeId } from '../causality/lineage.ts';
import { Retirements } from '../causality/retirements.ts';
import { descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Heartbeat } from './transport.ts';

/** Tracks which writes one peer has stored, as far as it has reported. */
export class PeerProgress {
  readonly #delivered: () => VectorClock;
  readonly #retired: () => Retirements;
  #life: LifeId | undefined;
  /** Whether the peer has said who it is. What an unknown node has stored does not count. */
  #known = false;
  #clock: VectorClock = zeroClock;
  #settled: VectorClock = zeroClock;
  /** The reported clock with the entries of the ids that were retired when it was last asked for. */
  #expanded: { clock: VectorClock; retired: Retirements; result: VectorClock } | undefined;
  /** The reported clock that becomes the settled one next. */
  #candidate: VectorClock | undefined;

  /**
   * @param delivered the writes delivered at this node
   * @param retired the retired ids, which reported clocks omit
   */
  constructor(delivered: () => VectorClock, retired = () => Retirements.none) {
    this.#retired = retired;
    this.#delivered = delivered;
  }

  /** The writes that the peer is known to have stored. */
  get clock(): VectorClock {
    const retired = this.#retired();
    const known = this.#expanded;
    if (known?.clock === this.#clock && known.retired === retired) return known.result;
    const result = retired.expand(this.#clock);
    this.#expanded = { clock: this.#clock, retired, result };
    return result;
  }

  /** The peer's life, if it has reported one. */
  get life(): LifeId | undefined {
    return this.#life;
  }

  /** Records a heartbeat. Its clock may be smaller than before: a peer can lose its data. */
  reset({ clock, life }: Pick<Heartbeat, 'clock' | 'life'>): void {
    if (life !== this.#life) this.forget();
    this.#life = life;
    this.#known = true;
    this.#clock = clock;
  }

  /** Records the clock in the response to a message. */
  advance(clock: VectorClock): void {
    if (this.#known) this.#clock = merge(this.#clock, clock);
  }

  /** Forgets everything, because another node or another life responded. */
  forget(): void {
    this.#life = undefined;
    this.#known = false;
    this.#clock = zeroClock;
    this.#settled = zeroClock;
    this.#candidate = undefined;
  }

  /**
   * Returns a clock that is in the past of every write of the peer that can still arrive here.
   *
   * It is a clock that the peer reported, once all writes that the peer had by then have been delivered here: every later
   * write of the peer has that clock in its past (causal stability). Not only those that it had made: where a node was
   * restored from an earlier copy, another one may be the last that has its lost writes, and still pass them on.
   *
   * C. Baquero, P. S. Almeida, A. Shoker, "Making Operation-Based CRDTs Operation-Based", 2014.
   */
  settled(): VectorClock {
    this.#candidate ??= this.clock;
    const reported = this.#candidate;
    if (descends(this.#delivered(), reported)) {
      this.#settled = reported;
      this.#candidate = undefined;
    }
    return this.#settled;
  }
}
