import type { Row } from '../compare/row.ts';
import { batchRow } from './batch-row.ts';
import { bufferedRow } from './buffered-row.ts';
import { clusterSizeRow } from './cluster-size-row.ts';
import { drainRow } from './drain-row.ts';
import { millionKeysRow } from './million-keys-row.ts';
import { throughputRows } from './throughput-rows.ts';
import { visibilityRow } from './visibility-row.ts';

/** What is measured of the store. */
export const storeRows: readonly Row[] = [
  ...throughputRows,
  batchRow,
  visibilityRow,
  drainRow,
  millionKeysRow,
  clusterSizeRow,
  bufferedRow,
];
