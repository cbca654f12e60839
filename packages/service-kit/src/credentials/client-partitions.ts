import { createHash } from 'node:crypto';

/** The counter of a client address. */
type ClientPartition = {
  key: string;
  /** Its name in `RateLimit-Policy`, which does not show the address. */
  partition: string;
};

/** 1,000: about 200 KiB, and more clients than send frequently at a time. */
const MAX_REMEMBERED = 1_000;

/** Remembers the counters of client addresses: parsing and hashing an address takes longer than counting. */
export class ClientPartitions {
  readonly #keyOf: (address: string) => string;
  readonly #remembered = new Map<string, ClientPartition>();

  constructor(keyOf: (address: string) => string) {
    this.#keyOf = keyOf;
  }

  of(address: string): ClientPartition {
    const known = this.#remembered.get(address);
    if (known !== undefined) return known;
    const key = this.#keyOf(address);
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
    const partition = { key, partition: Buffer.from(hash).toString('base64') };
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(address, partition);
    return partition;
  }
}
