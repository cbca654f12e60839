export { CheckedDatabase } from './checked-database.ts';
export { DamagedDataError } from './damaged-data.ts';
export { checkCommits, createPlace, isInPlace, type Place, removePlaces } from './data-place.ts';
export { lockDirectory } from './directory-lock.ts';
export { checkDataFile, DATA_FILE, hasDataFile, markClean, removeUnfinished } from './lmdb-clean-shutdown.ts';
export { type LmdbDirectory, openLmdbDirectory, StorageError } from './lmdb-directory.ts';
export { checkLmdbFile, type FileCheck } from './lmdb-file-check.ts';
export { DamagedFileError } from './lmdb-file-format.ts';
export { randomId } from './random-id.ts';
