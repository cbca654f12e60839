import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { LifeId } from '../causality/lineage.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClaimAnswer } from '../membership/claim.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import { type LinkFault, LinkFaults } from './link-faults.ts';
import type { ClaimRequest, Heartbeat, Transport } from './transport.ts';

/** A transport that can hold, drop, duplicate, reorder and delay writes, so that tests can inject network faults. */
export class FaultyTransport implements Transport {
  /** The active faults. Transports to different addresses of one peer share them. */
  readonly faults: LinkFaults;
  readonly #inner: Transport;
  readonly #scheduler: Scheduler;
  /** Kept back by `reorder` until the next write overtakes it. */
  #overtaken: { write: Write; by: LinkFault } | undefined;

  constructor(inner: Transport, scheduler: Scheduler, faults = new LinkFaults(scheduler)) {
    this.#inner = inner;
    this.#scheduler = scheduler;
    this.faults = faults;
  }

  /** @throws Error while the link is cut */
  checkPassable(): void {
    if (this.faults.active.some(({ action }) => action === 'cut'))
      throw new Error('a fault has cut the link');
  }

  /** Adds a fault to the active ones. @throws TooManyFaultsError */
  inject(fault: LinkFault): void {
    this.faults.inject(fault);
  }

  /** Removes all faults. Held and lost writes are not sent: the link finds and sends them again. */
  release(): void {
    this.faults.release();
  }

  async replicate(writes: readonly Write[], to?: LifeId): Promise<VectorClock | undefined> {
    this.checkPassable();
    const { active } = this.faults;
    // The link finds a write that was kept back by a fault that has ended, and sends it again.
    if (this.#overtaken !== undefined && !active.includes(this.#overtaken.by)) this.#overtaken = undefined;
    let passing = writes;
    let delayMs = 0;
    for (const fault of active) {
      const affected = this.faults.affectedBy(fault, passing);
      if (affected.size === 0) continue;
      switch (fault.action) {
        case 'hold':
        case 'drop':
          passing = passing.filter((write) => !affected.has(write));
          break;
        case 'duplicate':
          passing = passing.flatMap((write) => (affected.has(write) ? [write, write] : [write]));
          break;
        case 'reorder':
          passing = this.#reorder(passing, fault);
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

  /** Reverses a batch; keeps a single write back until the next message has overtaken it. */
  #reorder(writes: readonly Write[], fault: LinkFault): readonly Write[] {
    const late = this.#overtaken?.write;
    this.#overtaken = undefined;
    if (late === undefined && writes.length === 1) {
      const [write] = writes;
      if (write !== undefined) this.#overtaken = { write, by: fault };
      return [];
    }
    return [...writes].reverse().concat(late ?? []);
  }
}
