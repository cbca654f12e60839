import { join } from 'node:path';
import type { Table } from '../compare/row.ts';
import { rounded } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { fileMb, memoryMb } from './processes.ts';
import { startStore } from './store-cluster.ts';
import { puts } from './workload.ts';

/** Ten minutes, in steps of one; the first lets the log and the memory reach their usual size. */
const MINUTES = 10;

/** A tenth: what collections of garbage and free pages vary by. */
const MOST_GROWTH = 1.1;

/** Overwriting the same keys for long. */
export const sustainedRow: Table = {
  kind: 'table',
  name: 'sustained',
  title: `Overwriting 1,000 keys for ${MINUTES} minutes, three nodes, 16 connections`,
  needs: ['wrk'],
  limit: 'The log is pruned where all members have it, and LMDB uses its pages again.',
  async measure() {
    const { close, directory, nodes, urls } = await startStore(3);
    try {
      const rows: [number, number, number, number][] = [];
      for (let minute = 1; minute <= MINUTES; minute++) {
        const { perSecond } = await runWrk({
          url: urls[0] ?? '',
          connections: 16,
          seconds: 60,
          requests: puts,
        });
        const own = await Promise.all(nodes.map(async ({ pid }) => (await memoryMb(pid)).own));
        const files = await Promise.all(
          nodes.map((_node, index) => fileMb(join(directory, `node${index + 1}`, 'data.mdb'))),
        );
        rows.push([minute, rounded(perSecond), rounded(Math.max(...own)), rounded(Math.max(...files))]);
      }
      const growth = (column: 2 | 3) => rounded((rows.at(-1)?.[column] ?? 0) / (rows[0]?.[column] ?? 0));
      return {
        columns: ['minute', 'puts/s', "largest process's own memory, MB", 'largest data file, MB'],
        rows,
        checks: [
          {
            what: 'memory after the last minute',
            value: growth(2),
            unit: 'times that of the first',
            atMost: MOST_GROWTH,
          },
          {
            what: 'disk after the last minute',
            value: growth(3),
            unit: 'times that of the first',
            atMost: MOST_GROWTH,
          },
        ],
      };
    } finally {
      await close();
    }
  },
};
