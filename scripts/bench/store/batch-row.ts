import type { Comparison, Contender } from '../compare/row.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { storeContender } from './contenders.ts';
import { KEYS, puts, VALUE } from './workload.ts';

/** 1,000: the most writes of a batch. */
const BATCH = 1_000;

const batches: WrkRequest[] = [
  {
    path: '/batch',
    body: JSON.stringify({ writes: KEYS.slice(0, BATCH).map((key) => ({ key, value: VALUE })) }),
  },
];

/** Writes of 100 bytes in batches against one per request. */
export const batchRow: Comparison = {
  kind: 'comparison',
  name: 'batch',
  title: 'Durable writes of 100 bytes in batches of 1,000, three nodes',
  measures: [
    {
      name: 'writes/s',
      better: 'more',
      // The goal is against puts at 16 connections, the first row. At 64, they share flushes and messages as a batch does.
      targets: { 'one put per request, 16 connections': 15 },
    },
  ],
  contenders: [
    writer('batches, 4 connections', 4, batches, BATCH),
    writer('one put per request, 16 connections', 16, puts, 1),
    writer('one put per request, 64 connections', 64, puts, 1),
  ],
  limit:
    'Validating and storing each write on all three nodes, of which two also receive it as JSON: a batch saves the requests, not the writes. All nodes share two cores, and the peers store the writes while further batches arrive.',
};

/** Counts the writes in the requests of a contender. */
function writer(name: string, connections: number, requests: WrkRequest[], writes: number): Contender {
  const contender = storeContender(name, { connections, requests });
  return {
    ...contender,
    async open() {
      const { close, measure } = await contender.open();
      return {
        measure: async () => ({ 'writes/s': ((await measure())['requests/s'] ?? Number.NaN) * writes }),
        close,
      };
    },
  };
}
