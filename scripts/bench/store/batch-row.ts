import type { Comparison, Contender } from '../compare/row.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { bareExpress, storeContender } from './contenders.ts';
import { KEYS, puts, VALUE } from './workload.ts';

/** 1,000: the most writes of a batch. */
const BATCH = 1_000;

const batches: WrkRequest[] = [
  {
    path: '/batch',
    body: JSON.stringify({ writes: KEYS.slice(0, BATCH).map((key) => ({ key, value: VALUE })) }),
  },
];

/**
 * 15 times the puts per second of the time when this goal was set: at 16 connections, they were 0.35 of those of the bare
 * Express app. Puts have become three times as fast since, so today's are no measure of a batch.
 */
const WANTED_OF_EXPRESS = 15 * 0.35;

/** Writes of 100 bytes in batches against one per request. */
export const batchRow: Comparison = {
  kind: 'comparison',
  name: 'batch',
  title: 'Durable writes of 100 bytes in batches of 1,000, three nodes',
  measures: [
    {
      name: 'writes/s',
      better: 'more',
      targets: { 'bare Express + zod, one put per request, 16 connections': WANTED_OF_EXPRESS },
    },
  ],
  contenders: [
    writer(storeContender('batches, 4 connections', { connections: 4, requests: batches }), BATCH),
    writer(storeContender('one put per request, 16 connections', { connections: 16, requests: puts }), 1),
    writer(storeContender('one put per request, 64 connections', { connections: 64, requests: puts }), 1),
    writer(
      {
        ...bareExpress({ connections: 16, requests: puts }),
        name: 'bare Express + zod, one put per request, 16 connections',
      },
      1,
    ),
  ],
  limit:
    'Validating and storing each write on all three nodes, of which two also receive it as JSON: a batch saves the requests, not the writes. All nodes share two cores, and the peers store the writes while further batches arrive. The goal is 15 times the puts of the time when it was set, 0.35 of those of bare Express; puts have become three times as fast since.',
};

/** Counts the writes in the requests of a contender. */
function writer(contender: Contender, writes: number): Contender {
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
