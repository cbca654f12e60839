/** Receives changes of named tables of JSON values. A change is durable once a later `flushed` resolves. */
export type TableJournal = {
  put(table: string, key: string, value: unknown): void;
  remove(table: string, key: string): void;
  /**
   * Resolves once every change so far is on disk.
   *
   * @throws StorageFailedError if the disk cannot take them now
   */
  flushed(): Promise<void>;
  /** Why the disk takes no changes at present; undefined while it does. */
  readonly failure: StorageFailedError | undefined;
};

/** Changes could not be stored. They are kept and stored once the disk works again. */
export class StorageFailedError extends Error {
  override readonly name = 'StorageFailedError';
}

/** The journal of a service without a data directory: changes are lost with the process. */
export const noJournal: TableJournal = {
  put() {},
  remove() {},
  flushed: () => Promise.resolve(),
  failure: undefined,
};
