import type { BalancerStorage } from '../../load_balancer/durable-balancer.ts';
import { requestRecordSchema } from '../../load_balancer/routing/request-records.ts';
import { lifeRecordSchema } from '../../load_balancer/sessions/substation-lives.ts';

/** A balancer's disk, in memory. A commit takes a turn; a crash loses the changes of an unfinished one. */
export class BalancerDisk {
  readonly #stored = new Map<string, string>();
  #pending = new Map<string, string | undefined>();

  /** What a balancer that starts now finds. Ends the previous one's journal. */
  open(): BalancerStorage {
    this.#pending = new Map();
    const pending = this.#pending;
    const flush = async () => {
      await Promise.resolve();
      if (pending === this.#pending) this.#commit();
    };
    const change = (key: string, value: string | undefined) => {
      pending.set(key, value);
      void flush();
    };
    return {
      requests: this.#read('requests', requestRecordSchema.parse),
      lives: this.#read('lives', lifeRecordSchema.parse),
      journal: {
        put: (table, key, value) => change(`${table} ${key}`, JSON.stringify(value)),
        remove: (table, key) => change(`${table} ${key}`, undefined),
        flushed: flush,
        failure: undefined,
      },
      close: async () => {},
    };
  }

  #commit(): void {
    for (const [key, value] of this.#pending) {
      if (value === undefined) this.#stored.delete(key);
      else this.#stored.set(key, value);
    }
    this.#pending.clear();
  }

  #read<Value>(table: string, parse: (value: unknown) => Value): [string, Value][] {
    return [...this.#stored]
      .filter(([key]) => key.startsWith(`${table} `))
      .map(([key, json]) => [key.slice(table.length + 1), parse(JSON.parse(json))]);
  }
}
