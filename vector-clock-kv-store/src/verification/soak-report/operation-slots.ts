import { LatencyBuckets } from './latency-buckets.ts';

/** The operations that ended in one part of a run. Latencies in milliseconds; undefined where no operation succeeded. */
export type SlotSummary = {
  atMs: number;
  lengthMs: number;
  succeeded: number;
  failed: number;
  p50: number | undefined;
  p99: number | undefined;
};

type Slot = { succeeded: number; failed: number; latencies: LatencyBuckets };

export type OperationSlotsOptions = {
  slotMs: number;
  /** The most slots; when a run needs more, the older ones make room. */
  maxSlots: number;
  /** Whether pairs of slots then become one of twice the length, or the oldest slots are dropped. */
  whenFull: 'merge' | 'drop';
};

/** Counts operations in slots of time. Its memory does not grow with the length of the run. */
export class OperationSlots {
  readonly #options: OperationSlotsOptions;
  readonly #all = new LatencyBuckets();
  #slots = new Map<number, Slot>();
  #slotMs: number;

  constructor(options: OperationSlotsOptions) {
    this.#options = options;
    this.#slotMs = options.slotMs;
  }

  /** Counts an operation that ended. @param atMs not much earlier than the one before */
  add(atMs: number, succeeded: boolean, latencyMs: number): void {
    const { maxSlots, whenFull } = this.#options;
    while (whenFull === 'merge' && Math.floor(atMs / this.#slotMs) >= maxSlots) this.#mergePairs();
    const index = Math.floor(atMs / this.#slotMs);
    const slot = this.#slotAt(this.#slots, index);
    if (succeeded) {
      slot.succeeded += 1;
      slot.latencies.add(latencyMs);
      this.#all.add(latencyMs);
    } else slot.failed += 1;
    if (whenFull === 'drop') this.#slots.delete(index - maxSlots);
  }

  /** Returns the slots between two times, also those without operations. */
  between(fromMs: number, toMs: number): SlotSummary[] {
    const first = Math.max(0, Math.floor(fromMs / this.#slotMs));
    const last = Math.max(first, Math.ceil(toMs / this.#slotMs) - 1);
    return Array.from({ length: Math.min(last - first + 1, this.#options.maxSlots) }, (_, offset) => {
      const index = first + offset;
      const { succeeded = 0, failed = 0, latencies } = this.#slots.get(index) ?? {};
      return {
        ...{ atMs: index * this.#slotMs, lengthMs: this.#slotMs, succeeded, failed },
        ...{ p50: latencies?.percentile(0.5), p99: latencies?.percentile(0.99) },
      };
    });
  }

  /** Returns a percentile of the latencies of all operations, also of those whose slots were dropped. */
  percentile(share: number): number | undefined {
    return this.#all.percentile(share);
  }

  #slotAt(slots: Map<number, Slot>, index: number): Slot {
    const slot = slots.get(index) ?? { succeeded: 0, failed: 0, latencies: new LatencyBuckets() };
    slots.set(index, slot);
    return slot;
  }

  #mergePairs(): void {
    const merged = new Map<number, Slot>();
    for (const [index, { succeeded, failed, latencies }] of this.#slots) {
      const slot = this.#slotAt(merged, Math.floor(index / 2));
      slot.succeeded += succeeded;
      slot.failed += failed;
      slot.latencies.merge(latencies);
    }
    this.#slots = merged;
    this.#slotMs *= 2;
  }
}
