import { dotKey } from '../../causality/vector-clock.ts';
import { dotOf, type Write } from '../../causality/write.ts';

/** Remembers what each name of a write stood for, on whichever node: it must never stand for two. */
export class DotLedger {
  readonly #contents = new Map<string, string>();
  readonly #conflicts = new Set<string>();

  note(writes: readonly Write[]): void {
    for (const write of writes) {
      const name = dotKey(dotOf(write));
      const content = JSON.stringify([write.key, write.value, Object.entries(write.vc).sort()]);
      const before = this.#contents.get(name);
      if (before === undefined) this.#contents.set(name, content);
      else if (before !== content) this.#conflicts.add(`write ${name} is both ${before} and ${content}`);
    }
  }

  /** One sentence for each name that stood for two writes. */
  get conflicts(): readonly string[] {
    return [...this.#conflicts];
  }
}
