import { type Priority, priorities } from '@gridclock/grid-protocol';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Placement } from './placement.ts';

export type WaitingRoomOptions = {
  /** So many requests may wait; 0 turns waiting off. */
  maxQueue: number;
  /** How long one may wait, in milliseconds. */
  maxWaitMs: number;
  clock: Scheduler;
  /** Somebody has left after so many milliseconds. */
  onLeft?: (waitedMs: number, outcome: 'admitted' | 'rejected') => void;
};

/** One request that looks for a place. */
export type Guest = {
  priority: Priority;
  /** Whether some substation would have room for it, by the view, if nothing charged there. */
  fitsEmpty: () => boolean;
  /** Whether some substation has room for it by the view. */
  fits: () => boolean;
  /**
   * Only where it may have been accepted before: looks for its session and for no other place, because nobody waits
   * for what he has. Resolves to undefined when there is none.
   */
  recall: (() => Promise<Placement | undefined>) | undefined;
  /** Looks for a place once. `waited`: it has been looked for before, and others may have in the meantime. */
  place: (waited: boolean) => Promise<Placement>;
};

type Full = Extract<Placement, { kind: 'full' }>;

type Waiting = {
  guest: Guest;
  since: number;
  refusal: Full;
  /** Its time is over. */
  expired: boolean;
  leave: (placement: Placement) => void;
};

/**
 * Where requests wait for load to be given back: by priority, then first come. Nobody overtakes: a request that
 * arrives while others of its priority or a higher one wait goes behind them, even where it would fit.
 */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  #queue: Waiting[] = [];
  /** Whose turn it is, out of the queue for as long as it is asking. */
  #trying: Waiting | undefined;
  #admitting = false;
  #askedAgain = false;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  /** How many requests wait. */
  get size(): number {
    return this.#queue.length;
  }

  /** Finds a place at once or after a wait; at the deadline the last refusal, with the time waited. */
  async enter(guest: Guest): Promise<Placement> {
    const { clock, maxQueue } = this.#options;
    if (maxQueue === 0) return guest.place(false);
    const refusal = await this.#refusalOf(guest);
    // Larger than what its priority may use anywhere: it would wait in vain, and hold up others.
    if (refusal.kind !== 'full' || !guest.fitsEmpty()) return refusal;
    if (this.#queue.length >= maxQueue) return { ...refusal, waitedMs: 0 };
    return this.#wait(guest, refusal, clock.now());
  }

  /** To be called whenever load may have been given back. */
  async admit(): Promise<void> {
    this.#askedAgain = true;
    if (this.#admitting) return;
    this.#admitting = true;
    try {
      while (this.#askedAgain) {
        this.#askedAgain = false;
        while (await this.#admitFirst());
      }
    } finally {
      this.#admitting = false;
    }
  }

  /** Looks for a place, unless somebody is before this one: then what that one was last told holds for both. */
  async #refusalOf(guest: Guest): Promise<Placement> {
    const waiting = this.#trying === undefined ? this.#queue : [this.#trying, ...this.#queue];
    const ahead = waiting.find((other) => rank(other.guest) <= rank(guest));
    if (ahead === undefined) return guest.place(false);
    return (await guest.recall?.()) ?? { ...ahead.refusal, hops: 0 };
  }

  #wait(guest: Guest, refusal: Full, since: number): Promise<Placement> {
    const { clock, maxWaitMs, onLeft } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.after(maxWaitMs, () => this.#expire(waiting));
      const leave = (placement: Placement) => {
        cancel();
        onLeft?.(clock.now() - since, placement.kind === 'full' ? 'rejected' : 'admitted');
        resolve(placement);
      };
      const waiting: Waiting = { guest, since, refusal, expired: false, leave };
      const behind = this.#queue.findIndex((other) => rank(other.guest) > rank(guest));
      this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, waiting);
    });
  }

  /** Returns true when the first one has left and the next may try. */
  async #admitFirst(): Promise<boolean> {
    const [first] = this.#queue;
    if (first === undefined || !first.guest.fits()) return false;
    // Out of the queue while it tries, so that its deadline does not answer it while a substation accepts it.
    this.#queue.shift();
    this.#trying = first;
    const placement = await first.guest.place(true).catch((error: unknown) => unplaced(error));
    this.#trying = undefined;
    if (placement.kind !== 'full') {
      first.leave(placement);
      return true;
    }
    first.refusal = placement;
    if (first.expired) {
      this.#turnAway(first);
      return true;
    }
    this.#queue.unshift(first);
    return false;
  }

  #expire(waiting: Waiting): void {
    waiting.expired = true;
    // One that is just asking is answered by what comes of that.
    if (waiting === this.#trying) return;
    this.#queue = this.#queue.filter((other) => other !== waiting);
    this.#turnAway(waiting);
  }

  #turnAway({ leave, refusal, since }: Waiting): void {
    leave({ ...refusal, waitedMs: this.#options.clock.now() - since });
  }
}

/** High priority first: the protocol lists them from low to high. */
function rank({ priority }: Guest): number {
  return -priorities.indexOf(priority);
}

/** A fault of our own must not end the queue for the others; that one request is told that nothing is known. */
function unplaced(error: unknown): Placement {
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'unknown', member: undefined, sent: true, reason, hops: 0 };
}
