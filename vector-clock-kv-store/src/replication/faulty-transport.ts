import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { LifeId } from '../causality/lineage.ts';
import { nameOf } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClaimAnswer } from '../membership/claim.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import type { ClaimRequest, Heartbeat, Transport } from './transport.ts';

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
  /** How many more writes it affects; until released if absent. */
  count?: number;
  /** For `delay`, in milliseconds. */
  delayMs?: number;
};

/** Observes the faults of one link. */
export interface FaultObserver {
  injected(fault: LinkFault): void;
  released(): void;
  /** A fault affected these writes in transit. */
  affected(fault: LinkFault, writes: readonly Write[]): void;
}

/** A transport that can hold, drop, duplicate, reorder and delay writes, so that tests can inject network faults. */
export class FaultyTransport implements Transport {
  readonly #inner: Transport;
  readonly #scheduler: Scheduler;
  readonly #observer: FaultObserver | undefined;
  #faults: LinkFault[] = [];
  /** Kept back by `reorder` until the next write overtakes it. */
  #overtaken: Write | undefined;

  constructor(inner: Transport, scheduler: Scheduler, observer?: FaultObserver) {
    this.#inner = inner;
    this.#scheduler = scheduler;
    this.#observer = observer;
  }

  /** The active faults. */
  get faults(): readonly LinkFault[] {
    return this.#faults;
  }

  /** @throws Error while the link is cut */
  checkPassable(): void {
    if (this.#faults.some(({ action }) => action === 'cut')) throw new Error('a fault has cut the link');
  }

  /** Adds a fault to the active ones. */
  inject(fault: LinkFault): void {
    this.#faults = [...this.#faults, { ...fault }];
    this.#observer?.injected(fault);
  }

  /** Removes all faults. Held and lost writes are not sent: the link finds and sends them again. */
  release(): void {
    if (this.#faults.length > 0) this.#observer?.released();
    this.#faults = [];
    this.#overtaken = undefined;
  }

  async replicate(writes: readonly Write[], to?: LifeId): Promise<VectorClock | undefined> {
    this.checkPassable();
    let passing = writes;
    let delayMs = 0;
    for (const fault of this.#faults) {
      const affected = this.#affectedBy(fault, passing);
      if (affected.size === 0) continue;
      this.#observer?.affected(fault, [...affected]);
      switch (fault.action) {
        case 'hold':
        case 'drop':
          passing = passing.filter((write) => !affected.has(write));
          break;
        case 'duplicate':
          passing = passing.flatMap((write) => (affected.has(write) ? [write, write] : [write]));
          break;
        case 'reorder':
          passing = this.#reorder(passing);
          break;
        case 'delay':
          delayMs += fault.delayMs ?? 0;
      }
    }
    if (delayMs > 0) await sleep(this.#scheduler, delayMs);
    // As on a real network, the sender does not learn of the loss.
    if (passing.length === 0) return undefined;
    return this.#inner.replicate(passing, to);
  }

  async heartbeat(): Promise<Heartbeat> {
    this.checkPassable();
    return this.#inner.heartbeat();
  }

  async join(member: Peer): Promise<void> {
    this.checkPassable();
    return this.#inner.join(member);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    this.checkPassable();
    return this.#inner.claim(request);
  }

  async snapshot(cursor: string | undefined): Promise<SnapshotPage> {
    this.checkPassable();
    return this.#inner.snapshot(cursor);
  }

  /** Selects the writes that a fault affects, and counts them against its limit. */
  #affectedBy(fault: LinkFault, writes: readonly Write[]): Set<Write> {
    const { origin, count = Number.POSITIVE_INFINITY } = fault;
    const matching = writes.filter((write) => origin === undefined || nameOf(write.sender) === origin);
    const affected = new Set(matching.slice(0, count));
    if (fault.count !== undefined) {
      fault.count -= affected.size;
      if (fault.count <= 0) this.#faults = this.#faults.filter((other) => other !== fault);
    }
    return affected;
  }

  /** Reverses a batch; keeps a single write back until the next message has overtaken it. */
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
