import type { Receipt, Replica } from '../../vector-clock-kv-store/src/causality/replica.ts';
import {
  counterOf,
  type Dot,
  dotKey,
  merge,
  tick,
  type VectorClock,
  zeroClock,
} from '../../vector-clock-kv-store/src/causality/vector-clock.ts';
import type { Value, Write } from '../../vector-clock-kv-store/src/causality/write.ts';

/** What a node needs of a delivery rule. The store's Replica implements it. */
export type DeliveryRule = Pick<Replica, 'clock' | 'write' | 'receive' | 'buffered'>;

/** The naive rule: delivers every write on arrival, whether its causes have arrived or not. */
export class NaiveReplica implements DeliveryRule {
  readonly #id: string;
  readonly #delivered = new Set<string>();
  #clock: VectorClock = zeroClock;

  constructor(id: string) {
    this.#id = id;
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  buffered(): Write[] {
    return [];
  }

  write(key: string, value: Value | null): Write {
    this.#clock = tick(this.#clock, this.#id);
    this.#delivered.add(dotKey({ node: this.#id, counter: counterOf(this.#clock, this.#id) }));
    return { sender: this.#id, key, value, vc: this.#clock };
  }

  /** Returns a cause of a write that has not arrived. The clock cannot tell: it counts causes that it skipped. */
  missingCause({ sender, vc }: Write): Dot | undefined {
    for (const [node, last] of Object.entries(vc)) {
      const causes = node === sender ? last - 1 : last;
      for (let counter = 1; counter <= causes; counter++)
        if (!this.#delivered.has(dotKey({ node, counter }))) return { node, counter };
    }
    return undefined;
  }

  receive(write: Write): Receipt {
    const dot = dotKey({ node: write.sender, counter: counterOf(write.vc, write.sender) });
    if (this.#delivered.has(dot)) return { status: 'duplicate' };
    this.#delivered.add(dot);
    this.#clock = merge(this.#clock, write.vc);
    return { status: 'applied', delivered: [write] };
  }
}
