import { join } from 'node:path';
import type { Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import { missingTool } from '../compare/tools.ts';
import { runWrk } from '../compare/wrk.ts';
import { startEtcd } from './etcd-cluster.ts';
import { fileMb, memoryMb } from './processes.ts';
import { startStore } from './store-cluster.ts';
import { VALUE } from './workload.ts';

const [FEW, MANY] = [1_000, 1_000_000];

/** The keys that etcd gets: its size per key does not depend on the number. */
const ETCD_KEYS = 100_000;

/** 1,000 of the store's, 100 of etcd's, whose limit is 128. */
const [BATCH, ETCD_BATCH] = [1_000, 100];

const keyOf = (index: number) => `key-${String(index).padStart(7, '0')}`;

/** One node with many keys: its memory, its start, its reads, and its disk. */
export const millionKeysRow: Table = {
  kind: 'table',
  name: 'million-keys',
  title: 'One million keys of 100 bytes on one node',
  needs: ['wrk'],
  limit:
    'A value is stored with its clock, its checksum and its node, in JSON. Memory is mostly the mapped data file, which the system takes back when it needs it.',
  async measure(rounds) {
    const [few, many] = [await nodeWith(FEW), await nodeWith(MANY)];
    try {
      const ratios = [];
      for (let round = 0; round <= rounds; round++) {
        const [fewMs, manyMs] = [await few.getMs(), await many.getMs()];
        if (round > 0) ratios.push(manyMs / fewMs);
      }
      const ratio = spreadOf(ratios);
      const { own, resident } = await memoryMb(many.pid);
      const bytes = ((await fileMb(many.file)) * 2 ** 20) / MANY;
      const etcdBytes = await etcdBytesPerKey();
      return {
        columns: ['', 'value', 'unit'],
        rows: [
          ['start with a million keys', rounded(many.startMs), 'ms'],
          ['resident memory after reading them', rounded(resident), 'MB'],
          ["of this, the process's own", rounded(own), 'MB'],
          [
            `get at ${MANY} keys over get at ${FEW}, p50`,
            ratio.median,
            `times (${ratio.lowest} to ${ratio.highest})`,
          ],
          ['on disk per key', rounded(bytes), 'bytes'],
          ...(typeof etcdBytes === 'number' ? [['on disk per key, etcd', rounded(etcdBytes), 'bytes']] : []),
        ],
        checks: [
          { what: 'resident memory', value: rounded(resident), unit: 'MB', atMost: 400 },
          { what: 'start', value: rounded(many.startMs), unit: 'ms', atMost: 2_000 },
          { what: `get over get at ${FEW} keys`, value: ratio.median, unit: 'times', atMost: 1.2 },
        ],
        ...(typeof etcdBytes === 'number' ? {} : { skipped: [etcdBytes] }),
      };
    } finally {
      await Promise.all([few.close(), many.close()]);
    }
  },
};

type FilledNode = {
  pid: number;
  /** The data file. */
  file: string;
  /** From the start of the process until it serves, with the data there. */
  startMs: number;
  /** Measures the median latency of a get. */
  getMs: () => Promise<number>;
  close: () => Promise<void>;
};

/** Fills a node with keys, and starts it again. */
async function nodeWith(count: number): Promise<FilledNode> {
  const cluster = await startStore(1);
  try {
    const [filled] = cluster.nodes;
    for (let from = 0; from < count; from += BATCH) {
      const writes = Array.from({ length: BATCH }, (_, index) => ({
        key: keyOf(from + index),
        value: VALUE,
      }));
      await post(`${filled?.url}/batch`, { writes });
    }
    await filled?.stop();
    const startedAt = performance.now();
    const node = cluster.restart(0);
    await node.ready();
    const startMs = performance.now() - startedAt;
    // Spread over all keys, so that many pages of the file are read.
    const requests = Array.from({ length: 20_000 }, (_, index) => ({
      path: `/get?key=${keyOf((index * 7_919) % count)}`,
    }));
    return {
      pid: node.pid,
      file: join(cluster.directory, 'node1', 'data.mdb'),
      startMs,
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

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} responded ${response.status}: ${text}`);
}
