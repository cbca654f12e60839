import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import { nameOf } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { Heartbeat, SnapshotPage, Transport } from './transport.ts';

/**
 * Something to go wrong on the way to a peer.
 * `hold`: writes do not pass until it is taken back. `drop`: writes are lost. `duplicate`: writes arrive twice.
 * `reorder`: writes overtake each other. `delay`: every request is late.
 */
export type LinkFault = {
  action: 'hold' | 'drop' | 'duplicate' | 'reorder' | 'delay';
  /** Only writes of this node, whatever its incarnation; all when absent. */
  origin?: string;
  /** How many more writes it strikes; until taken back when absent. */
  count?: number;
  /** For `delay`: by how many milliseconds. */
  delayMs?: number;
};

/** Observes the faults of one link. */
export interface FaultObserver {
  injected(fault: LinkFault): void;
  released(): void;
  /** A fault affected these writes under way. */
  affected(fault: LinkFault, writes: readonly Write[]): void;
}

/** A way to a peer on which messages can be held, dropped, doubled, reordered and delayed, to prove the rest right. */
export class FaultyTransport implements Transport {
  readonly #inner: Transport;
  readonly #scheduler: Scheduler;
  readonly #observer: FaultObserver | undefined;
  #faults: LinkFault[] = [];
  /** Kept back by `reorder` until something overtakes it. */
  #overtaken: Write | undefined;

  constructor(inner: Transport, scheduler: Scheduler, observer?: FaultObserver) {
    this.#inner = inner;
    this.#scheduler = scheduler;
    this.#observer = observer;
  }

  get faults(): readonly LinkFault[] {
    return this.#faults;
  }

  /** Adds a fault to those in force. */
  inject(fault: LinkFault): void {
    this.#faults = [...this.#faults, { ...fault }];
    this.#observer?.injected(fault);
  }

  /** Takes back all faults. What was held or lost is the link's to send again. */
  release(): void {
    if (this.#faults.length > 0) this.#observer?.released();
    this.#faults = [];
    this.#overtaken = undefined;
  }

  async replicate(writes: readonly Write[]): Promise<VectorClock | undefined> {
    let passing = writes;
    let delayMs = 0;
    for (const fault of this.#faults) {
      const struck = this.#strike(fault, passing);
      if (struck.size === 0) continue;
      this.#observer?.affected(fault, [...struck]);
      switch (fault.action) {
        case 'hold':
        case 'drop':
          passing = passing.filter((write) => !struck.has(write));
          break;
        case 'duplicate':
          passing = passing.flatMap((write) => (struck.has(write) ? [write, write] : [write]));
          break;
        case 'reorder':
          passing = this.#reorder(passing);
          break;
        case 'delay':
          delayMs += fault.delayMs ?? 0;
      }
    }
    if (delayMs > 0) await sleep(this.#scheduler, delayMs);
    // Lost on the way: the sender does not learn of it.
    if (passing.length === 0) return undefined;
    return this.#inner.replicate(passing);
  }

  heartbeat(): Promise<Heartbeat> {
    return this.#inner.heartbeat();
  }

  join(member: Peer): Promise<void> {
    return this.#inner.join(member);
  }

  snapshot(mark: string | undefined): Promise<SnapshotPage> {
    return this.#inner.snapshot(mark);
  }

  /** Which of the writes the fault strikes; its count goes down by as many. */
  #strike(fault: LinkFault, writes: readonly Write[]): Set<Write> {
    const { origin, count = Number.POSITIVE_INFINITY } = fault;
    const matching = writes.filter((write) => origin === undefined || nameOf(write.sender) === origin);
    const struck = new Set(matching.slice(0, count));
    if (fault.count !== undefined) {
      fault.count -= struck.size;
      if (fault.count <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    }
    return struck;
  }

  /** The last first; a lone write waits and goes behind the next. */
  #reorder(writes: readonly Write[]): readonly Write[] {
    const late = this.#overtaken;
    this.#overtaken = undefined;
    if (late === undefined && writes.length === 1) {
      this.#overtaken = writes[0];
      return [];
    }
    return [...writes].reverse().concat(late ?? []);
  }
}
