export { CheckedDatabase } from './checked-database.ts';
export { DamagedDataError } from './damaged-data.ts';
export { lockDirectory } from './directory-lock.ts';
export {
  checkDataFile,
  checkUnlessClean,
  DATA_FILE,
  hasDataFile,
  markClean,
  removeUnfinished,
} from './lmdb-clean-shutdown.ts';
export { checkLmdbFile, type FileCheck } from './lmdb-file-check.ts';
export { DamagedFileError } from './lmdb-file-format.ts';
export { reserveLockFile } from './lmdb-lock-file.ts';
