import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Table } from '../compare/row.ts';
import { riseOf, rounded, spreadOf } from '../compare/statistics.ts';
import { runWrk } from '../compare/wrk.ts';
import { diskMb, memoryMb } from './processes.ts';
import { type StoreCluster, startStore } from './store-cluster.ts';
import { puts } from './workload.ts';

/** 2 s between looks at memory and disk. */
const LOOK_MS = 2_000;

/** A tenth: what collections of garbage and free pages vary by. */
const MOST_RISE = 1.1;

const LOAD = { connections: 16, seconds: 60, requests: puts };

/** Overwriting the same keys for long. */
export const sustainedRow: Table = {
  kind: 'table',
  name: 'sustained',
  title: 'Overwriting 1,000 keys for minutes, three nodes, 16 connections',
  needs: ['wrk'],
  limit:
    'The log is pruned where all members have it, and LMDB uses its pages again. Between two collections of all garbage, which V8 makes when the heap has grown enough, memory rises; the line averages that.',
  async measure({ minutes }) {
    const cluster = await startStore(3);
    const later: Look[] = [];
    const rows: number[][] = [];
    try {
      for (let minute = 1; minute <= minutes; minute++) {
        const watched = watch(cluster);
        const { perSecond } = await runWrk({ url: cluster.urls[0] ?? '', ...LOAD }).finally(watched.stop);
        const looks = await watched.looks();
        // The first minute lets the log and the memory reach their usual size.
        if (minute > 1) later.push(...looks);
        const memory = spreadOf(looks.map((look) => look.memory));
        const disk = spreadOf(looks.map((look) => look.disk));
        rows.push([minute, rounded(perSecond), memory.median, memory.highest, disk.median, disk.highest]);
      }
    } finally {
      await cluster.close();
    }
    const rise = (of: keyof Look) => rounded(riseOf(later.map((look) => look[of])));
    const unit = 'times that after the first minute';
    return {
      columns: [
        'minute',
        'puts/s',
        "memory of the three processes' own, MB, median",
        'highest',
        'their data folders, MB, median',
        'highest',
      ],
      rows,
      checks: [
        {
          what: 'memory at the end, on a line fitted through all looks',
          value: rise('memory'),
          unit,
          atMost: MOST_RISE,
        },
        { what: 'disk at the end, likewise', value: rise('disk'), unit, atMost: MOST_RISE },
      ],
    };
  },
};

/** The memory of all nodes and their disk space, in MB. */
type Look = { memory: number; disk: number };

/** Looks at the nodes until it is stopped. */
function watch({ directory, nodes }: StoreCluster) {
  const looks: Look[] = [];
  const stopped = new AbortController();
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  const looking = (async () => {
    while (!stopped.signal.aborted) {
      const memory = await Promise.all(nodes.map(async ({ pid }) => (await memoryMb(pid)).own));
      const disk = await Promise.all(
        nodes.map((_node, index) => diskMb(join(directory, `node${index + 1}`))),
      );
      looks.push({ memory: total(memory), disk: total(disk) });
      await setTimeout(LOOK_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  return {
    stop: () => stopped.abort(),
    looks: () => looking.then(() => looks),
  };
}
