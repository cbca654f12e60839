import { dotKey } from '../../causality/vector-clock.ts';
import { dotOf, type Write } from '../../causality/write.ts';

/** Records the write behind each dot, on any node, and detects dots used for two different writes. */
export class DotLedger {
  readonly #contents = new Map<string, string>();
  readonly #conflicts = new Set<string>();

  record(writes: readonly Write[]): void {
    for (const write of writes) {
      const dot = dotKey(dotOf(write));
      const content = JSON.stringify([write.key, write.value, Object.entries(write.vc).sort()]);
      const recorded = this.#contents.get(dot);
      if (recorded === undefined) this.#contents.set(dot, content);
      else if (recorded !== content) this.#conflicts.add(`write ${dot} is both ${recorded} and ${content}`);
    }
  }

  /** One sentence per conflict. */
  get conflicts(): readonly string[] {
    return [...this.#conflicts];
  }
}
