import type { Row } from './compare/row.ts';
import { throughputRows } from './store/throughput-rows.ts';

/** Everything that `npm run bench` compares, in the order of docs/performance.md. */
export const rows: readonly Row[] = [...throughputRows];
