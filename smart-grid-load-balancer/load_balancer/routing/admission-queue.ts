import { type Priority, priorities } from '@gridclock/grid-protocol';
import type { CancelSignal } from '@gridclock/service-kit/cancellation';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { isRefusal, type Placement, type Refusal } from './placement.ts';

export type AdmissionQueueOptions = {
  /** The maximum number of waiting requests; 0 disables the queue. */
  maxQueue: number;
  /** The longest wait, in milliseconds. */
  maxWaitMs: number;
  scheduler: Scheduler;
  /** Called after a request left the queue. */
  onDequeued?: (waitedMs: number, outcome: QueueOutcome) => void;
};

/**
 * How a wait ended: placed, rejected after the longest wait, displaced by a request of higher priority, or withdrawn
 * because the sender left.
 */
export type QueueOutcome = (typeof queueOutcomes)[number];

export const queueOutcomes = ['admitted', 'rejected', 'displaced', 'withdrawn'] as const;

/** A request as the queue sees it. */
export type QueuedRequest = {
  priority: Priority;
  /** When its sender gives up, by the scheduler's clock; without one, only `maxWaitMs` limits the wait. */
  deadline?: number;
  /** Aborts when nobody waits for the response any more. */
  withdrawn?: CancelSignal;
  /** Whether the request would fit at some substation without load, by the view. */
  fitsWhenEmpty: () => boolean;
  /** Whether the request fits at some substation now, by the view. */
  fits: () => boolean;
  /**
   * Finds the request's existing session without looking for a new place, so that a charging
   * vehicle need not wait. Resolves to undefined when there is none. Absent for a request that cannot have one.
   */
  findExisting: (() => Promise<Placement | undefined>) | undefined;
  /** Tries to place the request once. `waited` is false for the first try before queueing. */
  place: (waited: boolean) => Promise<Placement>;
};

/** 50 ms: placing a request takes a few round trips. */
const PLACING_MS = 50;

type Waiter = {
  request: QueuedRequest;
  since: number;
  refusal: Refusal;
  expired: boolean;
  leave: (placement: Placement) => void;
};

/**
 * Queues requests until capacity is free: by priority, then first in, first out. A new request queues behind
 * waiting ones of the same or a higher priority even where it would fit. In a full queue, it displaces the last of
 * those with a lower priority.
 */
export class AdmissionQueue {
  readonly #options: AdmissionQueueOptions;
  #waiters: Waiter[] = [];
  /** The waiter being placed. It is not in the queue meanwhile. */
  #placing: Waiter | undefined;
  #admitting = false;
  #admitRequested = false;

  constructor(options: AdmissionQueueOptions) {
    this.#options = options;
  }

  /** The number of waiting requests. */
  get size(): number {
    return this.#waiters.length;
  }

  /** Places a request, now or after a wait. At the deadline, resolves to the last refusal with the time waited. */
  async submit(request: QueuedRequest): Promise<Placement> {
    const { scheduler, maxQueue } = this.#options;
    if (maxQueue === 0) return request.place(false);
    const placement = await this.#tryAtOnce(request);
    // Larger than its priority may ever use: it would wait in vain and block others.
    if (!isRefusal(placement) || !request.fitsWhenEmpty()) return placement;
    if (request.withdrawn?.aborted) return withdrawn;
    if (this.#longestWaitMs(request) <= 0 || !this.#makeRoom(request)) return { ...placement, waitedMs: 0 };
    return this.#enqueue(request, placement, scheduler.now());
  }

  /** Places waiting requests while they fit. Call it whenever capacity may have become free. */
  async admit(): Promise<void> {
    this.#admitRequested = true;
    if (this.#admitting) return;
    this.#admitting = true;
    try {
      while (this.#admitRequested) {
        this.#admitRequested = false;
        while (await this.#admitFirst());
      }
    } finally {
      this.#admitting = false;
    }
  }

  /** Places a request unless others wait before it; then their last refusal holds for it too. */
  #tryAtOnce(request: QueuedRequest): Promise<Placement> {
    return this.#waiters.length === 0 && this.#placing === undefined
      ? request.place(false)
      : this.#tryBehindOthers(request);
  }

  async #tryBehindOthers(request: QueuedRequest): Promise<Placement> {
    const waiting = this.#placing === undefined ? this.#waiters : [this.#placing, ...this.#waiters];
    const ahead = waiting.find((other) => rank(other.request) <= rank(request));
    if (ahead === undefined) return request.place(false);
    return (await request.findExisting?.()) ?? { ...ahead.refusal, hops: 0 };
  }

  /** Returns whether the queue has room for a request; rejects the last one of a lower priority to make some. */
  #makeRoom(request: QueuedRequest): boolean {
    const occupied = this.#waiters.length + (this.#placing === undefined ? 0 : 1);
    if (occupied < this.#options.maxQueue) return true;
    const last = this.#waiters.at(-1);
    if (last === undefined || rank(last.request) <= rank(request)) return false;
    this.#waiters.pop();
    this.#reject(last, { displaced: true });
    return true;
  }

  #enqueue(request: QueuedRequest, refusal: Refusal, since: number): Promise<Placement> {
    const { scheduler, onDequeued } = this.#options;
    return new Promise((resolve) => {
      const cancel = scheduler.after(this.#longestWaitMs(request), () => this.#expire(waiter));
      const withdraw = () => this.#withdraw(waiter);
      request.withdrawn?.addEventListener('abort', withdraw);
      const leave = (placement: Placement) => {
        cancel();
        request.withdrawn?.removeEventListener('abort', withdraw);
        onDequeued?.(scheduler.now() - since, outcomeOf(placement));
        resolve(placement);
      };
      const waiter: Waiter = { request, since, refusal, expired: false, leave };
      const behind = this.#waiters.findIndex((other) => rank(other.request) > rank(request));
      this.#waiters.splice(behind < 0 ? this.#waiters.length : behind, 0, waiter);
    });
  }

  /** A request admitted at the last moment still needs the time to be placed. */
  #longestWaitMs({ deadline = Number.POSITIVE_INFINITY }: QueuedRequest): number {
    const { scheduler, maxWaitMs } = this.#options;
    return Math.min(maxWaitMs, deadline - PLACING_MS - scheduler.now());
  }

  /** Returns true when the first waiter has left and the next one may be placed. */
  async #admitFirst(): Promise<boolean> {
    const [first] = this.#waiters;
    if (first === undefined || !first.request.fits()) return false;
    // Dequeued meanwhile: its deadline must not reject it while a substation accepts it.
    this.#waiters.shift();
    this.#placing = first;
    const placement = await first.request.place(true).catch((error: unknown) => failed(error));
    this.#placing = undefined;
    if (!isRefusal(placement)) {
      first.leave(placement);
      return true;
    }
    first.refusal = placement;
    if (first.request.withdrawn?.aborted) {
      first.leave(withdrawn);
      return true;
    }
    if (first.expired) {
      this.#reject(first);
      return true;
    }
    this.#waiters.unshift(first);
    return false;
  }

  #expire(waiter: Waiter): void {
    waiter.expired = true;
    // The placement in progress decides.
    if (waiter === this.#placing) return;
    this.#remove(waiter);
    this.#reject(waiter);
  }

  #withdraw(waiter: Waiter): void {
    // The placement in progress is withdrawn too, and decides.
    if (waiter === this.#placing) return;
    this.#remove(waiter);
    waiter.leave(withdrawn);
  }

  #remove(waiter: Waiter): void {
    const wasFirst = this.#waiters[0] === waiter;
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    // The next one may be smaller.
    if (wasFirst) void this.admit();
  }

  #reject({ leave, refusal, since }: Waiter, details: { displaced?: true } = {}): void {
    leave({ ...refusal, ...details, waitedMs: this.#options.scheduler.now() - since });
  }
}

const withdrawn: Placement = { kind: 'withdrawn', member: undefined, hops: 0 };

function outcomeOf(placement: Placement): QueueOutcome {
  if (placement.kind === 'withdrawn') return 'withdrawn';
  if (!isRefusal(placement)) return 'admitted';
  return placement.displaced ? 'displaced' : 'rejected';
}

/** Returns 0 for the highest priority; the protocol lists priorities from low to high. */
function rank({ priority }: QueuedRequest): number {
  return priorities.length - 1 - priorities.indexOf(priority);
}

/** An unexpected error must fail only its own request, not the queue. */
function failed(error: unknown): Placement {
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'unknown', member: undefined, sent: true, reason, hops: 0 };
}
