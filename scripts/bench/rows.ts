import type { Row } from './compare/row.ts';
import { chargeRows } from './grid/charge-rows.ts';
import { choiceRow } from './grid/choice-row.ts';
import { pollsRow } from './grid/polls-row.ts';
import { serviceCostsRow } from './grid/service-costs-row.ts';
import { tracingRow } from './grid/tracing-row.ts';
import { storeRows } from './store/store-rows.ts';
import { sustainedRow } from './store/sustained-row.ts';

/** Everything that `npm run bench` compares, in the order of docs/performance.md. */
export const rows: readonly Row[] = [
  ...storeRows,
  ...chargeRows,
  choiceRow,
  pollsRow,
  serviceCostsRow,
  tracingRow,
  // It takes the longest.
  sustainedRow,
];
