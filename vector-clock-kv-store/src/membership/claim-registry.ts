import { type LifeId, type Lineage, lifeOf } from '../causality/lineage.ts';
import { dotOf, type Write } from '../causality/write.ts';
import type { Storage } from '../storage/storage.ts';

/** The lives that each peer's name was used by, as far as this node has confirmed them. Survives restarts. */
export class ClaimRegistry {
  readonly #storage: Pick<Storage, 'claims' | 'recordClaims'>;
  readonly #lineages: Map<string, Lineage>;
  /** The peers whose last heartbeat had no life. */
  readonly #withoutLife = new Set<string>();

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
    this.#withoutLife.delete(name);
    const known = this.#lineages.get(name);
    const last = lineage.at(-1);
    // The response of an earlier life, or under an earlier id, may be late; its successor is recorded already.
    if (known?.some(({ life, id }) => last === undefined || (life === last.life && id === last.id))) return;
    this.#lineages.set(name, lineage);
    await this.#storage.recordClaims(Object.fromEntries(this.#lineages));
  }

  /** Records that the node of this name says nothing of lives now: it is another implementation. */
  recordWithoutLife(name: string): void {
    this.#withoutLife.add(name);
  }

  /** Reports whether a node is known to pass on writes without their lives. */
  isWithoutLife(name: string): boolean {
    return this.#withoutLife.has(name);
  }

  /** Returns the life that holds a number, as far as it is known and as another one can contradict it. */
  holderOf(write: Write, name: string): LifeId | undefined {
    const lineage = this.#lineages.get(name) ?? [];
    const life = lifeOf(lineage, dotOf(write));
    if (write.life !== undefined) return life;
    // Under an id that its node has left, a number without a life has one holder: the life that used it.
    return lineage.at(-1)?.id === write.sender ? life : undefined;
  }
}
