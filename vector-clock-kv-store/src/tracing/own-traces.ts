import { dotKey } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { MAX_TRACED_WRITES, type TracedWrite } from './message-traces.ts';

/** 4,096 writes, about 0.5 MB: those of a second of full load. A peer that is further behind gets writes without traces. */
const KEPT = 4_096;

/** The traces of this node's last writes, in memory only: after a restart, writes go to peers without them. */
export class OwnTraces {
  readonly #contexts = new Map<string, string>();

  /** @param context a `traceparent` */
  add(write: Write, context: string): void {
    const [oldest] = this.#contexts.keys();
    if (this.#contexts.size >= KEPT && oldest !== undefined) this.#contexts.delete(oldest);
    this.#contexts.set(dotKey(dotOf(write)), context);
  }

  of(write: Write): string | undefined {
    return this.#contexts.size === 0 ? undefined : this.#contexts.get(dotKey(dotOf(write)));
  }

  /** Returns the first writes that have a trace, as many as a message carries. */
  ofMessage(writes: readonly Write[]): TracedWrite[] {
    const traced: TracedWrite[] = [];
    for (const [index, write] of writes.entries()) {
      const context = this.of(write);
      if (context !== undefined) traced.push({ index, context });
      if (traced.length === MAX_TRACED_WRITES) break;
    }
    return traced;
  }
}
