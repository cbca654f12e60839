import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { nameOf } from '../causality/node-id.ts';
import { type Dot, dotKey } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';

/**
 * A fault on the link to a peer.
 * `hold`: writes do not pass until the fault is released. `drop`: writes are lost. `duplicate`: writes arrive
 * twice. `reorder`: writes overtake each other. `delay`: every request is late. `cut`: no request passes, also none of
 * membership.
 */
export type LinkFault = {
  action: 'hold' | 'drop' | 'duplicate' | 'reorder' | 'delay' | 'cut';
  /** Affects only writes of this node, in any incarnation; all writes if absent. */
  origin?: string;
  /** How many more writes it affects; all until it ends if absent. */
  count?: number;
  /** For `delay`, in milliseconds. */
  delayMs?: number;
  /** In milliseconds. The fault then ends by itself; until released if absent, as in simulations. */
  durationMs?: number;
};

/** Observes the faults of one link. */
export interface FaultObserver {
  injected(fault: LinkFault): void;
  /** No fault is active any longer. */
  released(): void;
  /** A fault affected these writes in transit. For `hold`, each write once, however often the link tries again. */
  affected(fault: LinkFault, writes: readonly Write[]): void;
}

/** 16: no test combines as many, and each costs time with every message. */
const MAX_FAULTS = 16;

/** 200: more than anyone lets pass one by one. Further ones are held too, but not listed. */
const MAX_LISTED = 200;

/** The link has as many faults as it may have. */
export class TooManyFaultsError extends Error {
  override readonly name = 'TooManyFaultsError';
}

type ActiveFault = { fault: LinkFault; endsAt: number | undefined; cancelEnd: () => void };

/** The active faults of the link to one peer. Faults with a duration end by themselves, whoever injected them. */
export class LinkFaults {
  readonly #scheduler: Scheduler;
  readonly #observer: FaultObserver | undefined;
  readonly #onExpired: (fault: LinkFault) => void;
  #active: ActiveFault[] = [];
  /** The writes that `hold` keeps back, by dot. */
  readonly #held = new Map<string, Write>();
  /** The writes that `hold` lets pass once, by dot, and those that it has. */
  readonly #passing = new Set<string>();
  readonly #passed = new Set<string>();

  /** @param onExpired called after a fault has ended by its duration */
  constructor(
    scheduler: Scheduler,
    observer?: FaultObserver,
    onExpired: (fault: LinkFault) => void = () => {},
  ) {
    this.#scheduler = scheduler;
    this.#observer = observer;
    this.#onExpired = onExpired;
  }

  get active(): readonly LinkFault[] {
    return this.#active.map(({ fault }) => fault);
  }

  /** The active faults, with the time until they end; undefined for those that last until released. */
  get remaining(): readonly (LinkFault & { remainingMs: number | undefined })[] {
    const now = this.#scheduler.now();
    return this.#active.map(({ fault, endsAt }) => ({
      ...fault,
      remainingMs: endsAt === undefined ? undefined : Math.max(0, Math.ceil(endsAt - now)),
    }));
  }

  /** @throws TooManyFaultsError */
  inject(injected: LinkFault): void {
    if (this.#active.length >= MAX_FAULTS)
      throw new TooManyFaultsError(`the link has ${MAX_FAULTS} faults, the most it may have; release them`);
    const fault = { ...injected };
    const { durationMs } = fault;
    const expire = () => {
      this.#end(fault);
      this.#onExpired(fault);
    };
    this.#active.push({
      fault,
      endsAt: durationMs === undefined ? undefined : this.#scheduler.now() + durationMs,
      cancelEnd: durationMs === undefined ? () => {} : this.#scheduler.after(durationMs, expire),
    });
    this.#observer?.injected(fault);
  }

  /** The writes that are kept back, in the order of their first try. The peer may have got one of them from another node. */
  get held(): readonly Write[] {
    return [...this.#held.values()];
  }

  /**
   * Lets one write pass once, although writes are held. The link has to try again then. It also sends a write again that
   * the peer has only buffered: such repetitions are held, and so is the write if it gets lost, until the fault ends.
   *
   * @returns whether the write was kept back
   */
  pass(write: Dot): boolean {
    const key = dotKey(write);
    if (!this.#held.delete(key)) return false;
    this.#passing.add(key);
    return true;
  }

  /** Ends all faults. */
  release(): void {
    for (const { fault } of [...this.#active]) this.#end(fault);
  }

  /** Selects the writes that a fault affects, and counts them against its limit. */
  affectedBy(fault: LinkFault, writes: readonly Write[]): Set<Write> {
    const { origin, count = Number.POSITIVE_INFINITY } = fault;
    const matching = writes.filter(
      (write) =>
        (origin === undefined || nameOf(write.sender) === origin) &&
        !(fault.action === 'hold' && this.#mayPass(write)),
    );
    const affected = new Set(matching.slice(0, count));
    const reported = fault.action === 'hold' ? this.#hold(affected) : [...affected];
    if (reported.length > 0) this.#observer?.affected(fault, reported);
    if (fault.count !== undefined) {
      fault.count -= affected.size;
      if (fault.count <= 0) this.#end(fault);
    }
    return affected;
  }

  #mayPass(write: Write): boolean {
    const key = dotKey(dotOf(write));
    if (!this.#passing.delete(key)) return false;
    this.#passed.add(key);
    return true;
  }

  /** Lists writes as kept back. Returns those that were not yet. */
  #hold(writes: Iterable<Write>): Write[] {
    const added: Write[] = [];
    for (const write of writes) {
      const key = dotKey(dotOf(write));
      if (this.#held.has(key) || this.#passed.has(key) || this.#held.size >= MAX_LISTED) continue;
      this.#held.set(key, write);
      added.push(write);
    }
    return added;
  }

  #end(fault: LinkFault): void {
    const ended = this.#active.find((active) => active.fault === fault);
    if (ended === undefined) return;
    ended.cancelEnd();
    this.#active = this.#active.filter((active) => active !== ended);
    if (!this.#active.some((active) => active.fault.action === 'hold')) {
      this.#held.clear();
      this.#passing.clear();
      this.#passed.clear();
    }
    if (this.#active.length === 0) this.#observer?.released();
  }
}
