import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { diskMb, memoryMb } from './processes.ts';
import { type StoreCluster, startStore } from './store-cluster.ts';
import { puts } from './workload.ts';

/** 5 s between looks at memory and disk. */
const LOOK_MS = 5_000;

/** A tenth: what collections of garbage and free pages vary by. */
const MOST_GROWTH = 1.1;

const LOAD = { connections: 16, seconds: 60, requests: puts };

/** Overwriting the same keys for long. */
export const sustainedRow: Table = {
  kind: 'table',
  name: 'sustained',
  title: 'Overwriting 1,000 keys for minutes, three nodes, 16 connections',
  needs: ['wrk'],
  limit: 'The log is pruned where all members have it, and LMDB uses its pages again.',
  async measure({ minutes }) {
    const cluster = await startStore(3);
    try {
      const rows: [number, number, number, number][] = [];
      for (let minute = 1; minute <= minutes; minute++) {
        const looks = watch(cluster);
        const { perSecond } = await runWrk({ url: cluster.urls[0] ?? '', ...LOAD }).finally(looks.stop);
        const { memory, disk } = await looks.seen();
        rows.push([minute, rounded(perSecond), rounded(memory), rounded(disk)]);
      }
      // The first minute lets the log and the memory reach their usual size.
      const growth = (column: 2 | 3) =>
        rounded((rows.at(-1)?.[column] ?? Number.NaN) / (rows[1]?.[column] ?? Number.NaN));
      const unit = 'times that of the second minute';
      return {
        columns: ['minute', 'puts/s', "largest process's own memory, MB", 'largest data folder, MB'],
        rows,
        checks: [
          { what: `memory in minute ${minutes}`, value: growth(2), unit, atMost: MOST_GROWTH },
          { what: `disk in minute ${minutes}`, value: growth(3), unit, atMost: MOST_GROWTH },
        ],
      };
    } finally {
      await cluster.close();
    }
  },
};

/** Looks at the nodes' memory and disk until it is stopped, and returns the medians of the largest. */
function watch({ directory, nodes }: StoreCluster) {
  const memory: number[] = [];
  const disk: number[] = [];
  const stopped = new AbortController();
  const look = async () => {
    memory.push(Math.max(...(await Promise.all(nodes.map(async ({ pid }) => (await memoryMb(pid)).own)))));
    const folders = nodes.map((_node, index) => join(directory, `node${index + 1}`));
    disk.push(Math.max(...(await Promise.all(folders.map(diskMb)))));
  };
  const looking = (async () => {
    while (!stopped.signal.aborted) {
      await setTimeout(LOOK_MS, undefined, { signal: stopped.signal }).catch(() => {});
      await look();
    }
  })();
  return {
    stop: () => stopped.abort(),
    async seen() {
      await looking;
      return { memory: spreadOf(memory).median, disk: spreadOf(disk).median };
    },
  };
}
