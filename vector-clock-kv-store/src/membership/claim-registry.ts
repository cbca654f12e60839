import { continues, type Lineage, lifeOf } from '../causality/lineage.ts';
import { dotOf, type Write } from '../causality/write.ts';
import type { Storage } from '../storage/storage.ts';

/** The lives that each peer's name was used by, as far as this node has confirmed them. Survives restarts. */
export class ClaimRegistry {
  readonly #storage: Pick<Storage, 'claims' | 'recordClaims'>;
  readonly #lineages: Map<string, Lineage>;

  constructor(storage: Pick<Storage, 'claims' | 'recordClaims'>) {
    this.#storage = storage;
    this.#lineages = new Map(Object.entries(storage.claims));
  }

  /** Returns the lives recorded for a configured name. */
  of(name: string): Lineage | undefined {
    return this.#lineages.get(name);
  }

  /** Records the lives of a name. Takes effect at once; resolves when it is stored. */
  async record(name: string, lineage: Lineage): Promise<void> {
    const known = this.#lineages.get(name);
    // The response of an earlier life may be late; its successor is recorded already.
    if (known !== undefined && continues(known, lineage)) return;
    this.#lineages.set(name, lineage);
    await this.#storage.recordClaims(Object.fromEntries(this.#lineages));
  }

  /** Reports whether a write comes from another life than the one that holds its number. */
  isForeign(write: Write, name: string): boolean {
    const life = lifeOf(this.#lineages.get(name) ?? [], dotOf(write));
    return write.life !== undefined && life !== undefined && life !== write.life;
  }
}
