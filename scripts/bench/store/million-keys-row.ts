import { join } from 'node:path';
import type { Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import { missingTool } from '../compare/tools.ts';
import { runWrk } from '../compare/wrk.ts';
import { startEtcd } from './etcd-cluster.ts';
import { post } from './post.ts';
import { fileMb, memoryMb } from './processes.ts';
import { startStore } from './store-cluster.ts';
import { VALUE } from './workload.ts';

const [FEW, MANY] = [1_000, 1_000_000];

/** The keys that etcd gets: its size per key does not depend on the number. */
const ETCD_KEYS = 100_000;

/** 1,000 of the store's, 100 of etcd's, whose limit is 128. */
const [BATCH, ETCD_BATCH] = [1_000, 100];

/** As many as wrk keeps; spread over the whole data file. */
const READS = 20_000;

const keyOf = (index: number) => `key-${String(index).padStart(7, '0')}`;

/** One node with many keys: its memory, its start, its reads, and its disk. */
export const millionKeysRow: Table = {
  kind: 'table',
  name: 'million-keys',
  title: 'One million keys of 100 bytes on one node',
  needs: ['wrk'],
  limit:
    'A value is stored with its clock, its checksum and its node, in JSON. Reading maps the data file into memory; the heap does not grow with the keys. A start after kill -9 checks the whole file.',
  async measure({ rounds }) {
    const [few, many] = [await nodeWith(FEW), await nodeWith(MANY)];
    try {
      const ratios = [];
      for (let round = 0; round <= rounds; round++) {
        const isManyFirst = round % 2 === 1;
        const first = await (isManyFirst ? many : few).getMs();
        const second = await (isManyFirst ? few : many).getMs();
        const [fewMs, manyMs] = isManyFirst ? [second, first] : [first, second];
        // The first round warms up.
        if (round > 0) ratios.push(manyMs / fewMs);
      }
      const ratio = spreadOf(ratios);
      const [fewMemory, memory] = [await memoryMb(few.pid()), await memoryMb(many.pid())];
      const [fewMb, manyMb] = [await fileMb(few.file), await fileMb(many.file)];
      const [fewCrashMs, crashMs] = [await few.restartMs('kill'), await many.restartMs('kill')];
      const etcdBytes = await etcdBytesPerKey();
      const bytesPerKey = (mb: number, keys: number) => rounded((mb * 2 ** 20) / keys);
      const resident = `resident memory after reading ${READS.toLocaleString('en-US')} of them, MB`;
      const columns = ['', ...[FEW, MANY].map((keys) => `${keys.toLocaleString('en-US')} keys`)];
      return {
        columns,
        rows: [
          ['start after a clean stop, ms', rounded(few.startMs), rounded(many.startMs)],
          ['start after kill -9, ms', rounded(fewCrashMs), rounded(crashMs)],
          [resident, rounded(fewMemory.resident), rounded(memory.resident)],
          ["of this, the process's own", rounded(fewMemory.own), rounded(memory.own)],
          [
            'of this, mapped files, which the system can take back',
            rounded(fewMemory.mapped),
            rounded(memory.mapped),
          ],
          ['data file, bytes per key', bytesPerKey(fewMb, FEW), bytesPerKey(manyMb, MANY)],
          ...(typeof etcdBytes === 'number'
            ? [["etcd's data file, bytes per key", '', rounded(etcdBytes)]]
            : []),
        ],
        checks: [
          { what: 'resident memory', value: rounded(memory.resident), unit: 'MB', atMost: 400 },
          { what: 'start after a clean stop', value: rounded(many.startMs), unit: 'ms', atMost: 2_000 },
          {
            what: `p50 of a get over that at ${FEW.toLocaleString('en-US')} keys`,
            value: ratio.median,
            unit: `times (${ratio.lowest} to ${ratio.highest})`,
            atMost: 1.2,
          },
        ],
        ...(typeof etcdBytes === 'number' ? {} : { skipped: [etcdBytes] }),
      };
    } finally {
      await Promise.all([few.close(), many.close()]);
    }
  },
};

type FilledNode = {
  pid: () => number;
  /** The data file. */
  file: string;
  /** From the start of the process until it serves, with the data there. */
  startMs: number;
  /** Measures the median latency of a get. */
  getMs: () => Promise<number>;
  /** Stops the process, and returns how long it takes until a new one serves. */
  restartMs: (how: 'stop' | 'kill') => Promise<number>;
  close: () => Promise<void>;
};

/** Fills a node with keys, and starts it again. */
async function nodeWith(count: number): Promise<FilledNode> {
  const cluster = await startStore(1);
  try {
    const [filled] = cluster.nodes;
    if (filled === undefined) throw new Error('no node');
    for (let from = 0; from < count; from += BATCH) {
      const writes = Array.from({ length: BATCH }, (_, index) => ({
        key: keyOf(from + index),
        value: VALUE,
      }));
      await post(`${filled.url}/batch`, { writes });
    }
    let node = filled;
    const restartMs = async (how: 'stop' | 'kill') => {
      if (how === 'kill') node.signal('SIGKILL');
      await (how === 'kill' ? node.exited : node.stop());
      const startedAt = performance.now();
      node = cluster.restart(0);
      await node.ready();
      return performance.now() - startedAt;
    };
    const startMs = await restartMs('stop');
    // Spread over all keys, so that many pages of the file are read.
    const requests = Array.from({ length: READS }, (_, index) => ({
      path: `/get?key=${keyOf((index * 7_919) % count)}`,
    }));
    return {
      pid: () => node.pid,
      file: join(cluster.directory, 'node1', 'data.mdb'),
      startMs,
      restartMs,
      async getMs() {
        return (await runWrk({ url: node.url, connections: 8, seconds: 3, requests })).p50Ms;
      },
      close: cluster.close,
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Returns the bytes that one node of etcd has on disk per key; or why that is not known. */
async function etcdBytesPerKey(): Promise<number | string> {
  const missing = await missingTool(['etcd']);
  if (missing !== undefined) return missing;
  const { close, directory, leader } = await startEtcd(1);
  try {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    for (let from = 0; from < ETCD_KEYS; from += ETCD_BATCH)
      await post(`${leader}/v3/kv/txn`, {
        success: Array.from({ length: ETCD_BATCH }, (_, index) => ({
          requestPut: { key: base64(keyOf(from + index)), value: base64(VALUE) },
        })),
      });
    return ((await fileMb(join(directory, 'etcd1', 'member', 'snap', 'db'))) * 2 ** 20) / ETCD_KEYS;
  } finally {
    await close();
  }
}
