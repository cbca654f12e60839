export { DurableTables } from './durable-tables.ts';
export { noJournal, StorageFailedError, type TableJournal } from './table-journal.ts';
export { shortReason } from './write-failure.ts';
