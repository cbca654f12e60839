import { type LifeId, type Lineage, lifeOf, type Tenure } from '../causality/lineage.ts';
import { dotOf, type Write } from '../causality/write.ts';
import type { Storage } from '../storage/storage.ts';

/** The lives that each peer's name was used by, as far as this node has confirmed them. Survives restarts. */
export class ClaimRegistry {
  readonly #storage: Pick<Storage, 'claims' | 'recordClaims'>;
  readonly #lineages: Map<string, Lineage>;
  /** The peers whose last heartbeat had no life. */
  readonly #withoutLife = new Set<string>();
  /** The peers that were not heard since this node's own data was in doubt. */
  readonly #doubted: Set<string>;

  constructor(storage: Pick<Storage, 'claims' | 'recordClaims'>) {
    this.#storage = storage;
    const claims = Object.entries(storage.claims);
    this.#lineages = new Map(claims.map(([name, lineage]) => [name, lineage.map(withoutDoubt)]));
    this.#doubted = new Set(claims.flatMap(([name, lineage]) => (lineage.at(-1)?.doubted ? [name] : [])));
  }

  /** Returns the lives recorded for a configured name. */
  of(name: string): Lineage | undefined {
    return this.#lineages.get(name);
  }

  /** Records the lives of a name. Takes effect at once; resolves when it is stored. */
  async record(name: string, lineage: Lineage): Promise<void> {
    this.#withoutLife.delete(name);
    const known = this.#lineages.get(name) ?? [];
    const last = lineage.at(-1);
    const index = known.findIndex(
      ({ life, id }) => last === undefined || (life === last.life && id === last.id),
    );
    // The response of an earlier life, or under an earlier id, may be late; its successor is recorded already.
    const isLate = index >= 0 && index < known.length - 1;
    const isKnown = index >= 0 && index === known.length - 1;
    if (isLate || (isKnown && !this.#doubted.has(name))) return;
    if (!isKnown) this.#lineages.set(name, lineage);
    this.#doubted.delete(name);
    await this.#store();
  }

  /**
   * Doubts what is recorded, because the data here may be an earlier copy: the records are then as old as the data. Hearing
   * a node again ends the doubt about it.
   */
  async doubt(): Promise<void> {
    if (this.#lineages.size === 0) return;
    for (const name of this.#lineages.keys()) this.#doubted.add(name);
    await this.#store();
  }

  /** Reports whether this node has heard the recorded life of a name while its own data was not in doubt. */
  isWitness(name: string): boolean {
    return this.#lineages.has(name) && !this.#doubted.has(name);
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

  async #store(): Promise<void> {
    const claims = [...this.#lineages].map(([name, lineage]): [string, Lineage] => [
      name,
      this.#doubted.has(name) ? withDoubt(lineage) : lineage,
    ]);
    await this.#storage.recordClaims(Object.fromEntries(claims));
  }
}

function withDoubt(lineage: Lineage): Lineage {
  return lineage.map((tenure, index) =>
    index === lineage.length - 1 ? { ...tenure, doubted: true } : tenure,
  );
}

function withoutDoubt({ doubted, ...tenure }: Tenure): Tenure {
  return tenure;
}
