import type { NodeId } from '../../causality/node-id.ts';
import type { Retirement, Retirements } from '../../causality/retirements.ts';
import type { VectorClock } from '../../causality/vector-clock.ts';
import type { Version } from '../../causality/versions.ts';
import type { Write } from '../../causality/write.ts';
import type {
  Claims,
  Identity,
  InstallExtras,
  KeyVersions,
  Snapshot,
  Storage,
} from '../../storage/storage.ts';
import type { LogLimit } from '../../storage/take-within.ts';

/**
 * A process's view of a simulated disk.
 *
 * As in the real storage, reads see flushed data, while `identity`, `clock`, `pruned` and `retired` are those of the last
 * acknowledged transaction.
 */
export class SimulatedStorage implements Storage {
  readonly #contents: Storage;
  readonly #transact: (apply: () => Promise<void>) => Promise<void>;
  readonly #onDecided: () => void;
  readonly inPlace: boolean;
  #identity: Identity | undefined;
  #clock: VectorClock;
  #pruned: VectorClock;
  #retired: Retirements;

  /**
   * @param contents the flushed data; its methods take effect immediately
   * @param transact resolves when its argument has been applied, flushed and acknowledged
   * @param onDecided called when an id is stored that the node has decided on
   */
  constructor(
    contents: Storage,
    transact: (apply: () => Promise<void>) => Promise<void>,
    inPlace: boolean,
    onDecided: () => void,
  ) {
    this.#contents = contents;
    this.#transact = transact;
    this.inPlace = inPlace;
    this.#onDecided = onDecided;
    this.#identity = contents.identity;
    this.#clock = contents.clock;
    this.#pruned = contents.pruned;
    this.#retired = contents.retired;
  }

  get identity(): Identity | undefined {
    return this.#identity;
  }

  get clock(): VectorClock {
    return this.#clock;
  }

  get pruned(): VectorClock {
    return this.#pruned;
  }

  get retired(): Retirements {
    return this.#retired;
  }

  addRetired(retirements: readonly Retirement[]): Promise<void> {
    return this.#change(() => this.#contents.addRetired(retirements));
  }

  adopt(identity: Identity): Promise<void> {
    return this.#change(() => {
      if (identity.pending === undefined) this.#onDecided();
      return this.#contents.adopt(identity);
    });
  }

  get claims(): Claims {
    return this.#contents.claims;
  }

  recordClaims(claims: Claims): Promise<void> {
    return this.#change(() => this.#contents.recordClaims(claims));
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#change(() => this.#contents.commit(writes));
  }

  versions(key: string): readonly Version[] {
    return this.#contents.versions(key);
  }

  scan(): Iterable<KeyVersions> {
    return this.#contents.scan();
  }

  openSnapshot(): Snapshot {
    return this.#contents.openSnapshot();
  }

  log(origin: NodeId, after: number, limit: LogLimit): Write[] {
    return this.#contents.log(origin, after, limit);
  }

  get logBytes(): number {
    return this.#contents.logBytes;
  }

  logSizes(origin: NodeId, after: number): Iterable<number> {
    return this.#contents.logSizes(origin, after);
  }

  prune(upTo: VectorClock): Promise<void> {
    return this.#change(() => this.#contents.prune(upTo));
  }

  get tombstones(): number {
    return this.#contents.tombstones;
  }

  dropTombstones(known: VectorClock): Promise<void> {
    return this.#change(() => this.#contents.dropTombstones(known));
  }

  beginInstall(): Promise<void> {
    return this.#change(() => this.#contents.beginInstall());
  }

  stage(keys: readonly KeyVersions[]): Promise<void> {
    return this.#change(() => this.#contents.stage(keys));
  }

  staged(key: string): readonly Version[] {
    return this.#contents.staged(key);
  }

  installStaged(clock: VectorClock, awaited?: VectorClock, extras?: InstallExtras): Promise<void> {
    return this.#change(() => this.#contents.installStaged(clock, awaited, extras));
  }

  get awaited(): VectorClock {
    return this.#contents.awaited;
  }

  async close(): Promise<void> {}

  async #change(apply: () => Promise<void>): Promise<void> {
    let after = {
      identity: this.#identity,
      clock: this.#clock,
      pruned: this.#pruned,
      retired: this.#retired,
    };
    await this.#transact(async () => {
      await apply();
      const { identity, clock, pruned, retired } = this.#contents;
      after = { identity, clock, pruned, retired };
    });
    this.#identity = after.identity;
    this.#clock = after.clock;
    this.#pruned = after.pruned;
    this.#retired = after.retired;
  }
}
