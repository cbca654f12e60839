import { fileURLToPath } from 'node:url';
import {
  type GridRun,
  gridRunSchema,
  readRun,
  type StoreRun,
  storeRunSchema,
} from '../../scripts/report/run-data.ts';

/** The folder with the data of a short run, as `npm run report -- --data` reads it. */
export const storedRuns = fileURLToPath(new URL('report-run/', import.meta.url));

/** Reads a stored run of the store, with the scenarios `out-of-order` and `concurrent`. */
export function readStoreRun(): Promise<StoreRun> {
  return readRun(storeRunSchema, `${storedRuns}store.json`);
}

/** Reads the first seconds of a stored rush hour. */
export function readGridRun(): Promise<GridRun> {
  return readRun(gridRunSchema, `${storedRuns}grid.json`);
}
