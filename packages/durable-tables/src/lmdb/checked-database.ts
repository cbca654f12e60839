import {
  type GetOptions,
  type Key,
  keyValueToBuffer,
  type RangeIterable,
  type RangeOptions,
  type RootDatabase,
} from 'lmdb';
import { DamagedDataError } from './damaged-data.ts';
import { isIntact, jsonOf, withChecksum } from './record-checksum.ts';

type CheckedDatabaseOptions = {
  name: string;
  /** The file that holds it, for messages. */
  file: string;
  /** `binary`: keys are buffers, because LMDB's own encoding of strings does not preserve some control characters. */
  keyEncoding?: 'binary';
};

/**
 * A database of JSON values in LMDB, each stored with a checksum over its key and itself. A record that fails its
 * checksum throws; it never reads as another value. JSON is the form in which values travel, so that storing a value
 * cannot change it.
 */
export class CheckedDatabase<Value, K extends Key> {
  readonly #options: CheckedDatabaseOptions;
  readonly #records;

  constructor(root: RootDatabase<unknown, Key>, options: CheckedDatabaseOptions) {
    const { name, keyEncoding } = options;
    this.#options = options;
    this.#records = root.openDB<Buffer, K>({
      name,
      encoding: 'binary',
      ...(keyEncoding === undefined ? {} : { keyEncoding }),
    });
  }

  /** @throws DamagedDataError */
  get(key: K, options: GetOptions = {}): Value | undefined {
    const record = this.#records.get(key, options);
    return record === undefined ? undefined : this.#read(key, record);
  }

  /** Iterates in the order of the keys. @throws DamagedDataError when it reaches a damaged record */
  getRange(options: RangeOptions = {}): RangeIterable<{ key: K; value: Value }> {
    return this.#records.getRange(options).map(({ key, value }) => ({ key, value: this.#read(key, value) }));
  }

  /** Iterates over records whose JSON is checked, and read, only when it is asked for. Sizes are in bytes. */
  getRecords(options: RangeOptions = {}): RangeIterable<{ key: K; size: number; json: () => string }> {
    return this.#records
      .getRange(options)
      .map(({ key, value }) => ({ key, size: value.length, json: () => this.#checked(key, value) }));
  }

  getKeys(options: RangeOptions = {}): RangeIterable<K> {
    return this.#records.getKeys(options);
  }

  /** The number of records. */
  get size(): number {
    // Safe: LMDB always has this figure; only its types omit it.
    return (this.#records.getStats() as { entryCount: number }).entryCount;
  }

  /** Returns the size of a record in bytes, 0 if there is none. Does not check the record. */
  sizeOf(key: K): number {
    return this.#records.getBinaryFast(key)?.length ?? 0;
  }

  /**
   * Call it inside a transaction, as the methods below.
   *
   * @returns the size of the record in bytes
   */
  put(key: K, value: Value): number {
    return this.putJson(key, JSON.stringify(value));
  }

  /** The same for a value that is JSON already. */
  putJson(key: K, json: string): number {
    const record = withChecksum(bytesOf(key), json);
    this.#records.put(key, record);
    return record.length;
  }

  remove(key: K): void {
    this.#records.remove(key);
  }

  clearSync(): void {
    this.#records.clearSync();
  }

  #read(key: K, record: Buffer): Value {
    // Safe: only `put` writes records, and the checksum says that this is one of them.
    return JSON.parse(this.#checked(key, record)) as Value;
  }

  /** Returns a record's JSON. @throws DamagedDataError */
  #checked(key: K, record: Buffer): string {
    if (isIntact(bytesOf(key), record)) return jsonOf(record);
    const { file, name } = this.#options;
    const printed = JSON.stringify(Buffer.isBuffer(key) ? key.toString() : key);
    throw new DamagedDataError(file, `the record ${printed} of ${name} does not match its checksum`);
  }
}

/** Returns a key as LMDB stores it. */
function bytesOf(key: Key): Uint8Array {
  return Buffer.isBuffer(key) ? key : keyValueToBuffer(key);
}
