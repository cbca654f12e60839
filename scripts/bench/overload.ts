import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type ClosedLoopResult,
  createTemporaryDirectory,
  freePort,
  type LocalService,
  runClosedLoop,
  startLocalService,
} from '@gridclock/local-service';

export type OverloadRow = ClosedLoopResult & {
  connections: number;
  /** The longest response time of `GET /health` meanwhile, in milliseconds. */
  healthMs: number;
  /** The most memory of the process, in MB; undefined where the system does not tell. */
  memoryMb: number | undefined;
};

/** 3 s, so that the compiler has seen the code, and the memory has grown to its usual size. */
const WARM_UP_MS = 3_000;

/** 2 s: a node accepts some 1,000 connections per second while it works. */
const SETTLE_MS = 2_000;

/** 200 ms: often enough to see a node that does not respond for a moment. */
const PROBE_INTERVAL_MS = 200;

/**
 * Measures a store's node under more and more clients that send small writes without a pause, each number for a while.
 *
 * @param onRow called with each row as soon as it is measured
 */
export async function measureOverload(
  connections: readonly number[],
  durationMs: number,
  onRow: (row: OverloadRow) => void,
): Promise<void> {
  const directory = await createTemporaryDirectory();
  const node = startLocalService({
    name: 'node1',
    entryFile: fileURLToPath(new URL('../../vector-clock-kv-store/src/node.ts', import.meta.url)),
    port: await freePort(),
    environment: { NODE_ID: 'node1', DATA_DIR: directory.path, LOG_LEVEL: 'warn' },
  });
  try {
    await node.ready();
    const load = (clients: number, ms: number) =>
      runClosedLoop({
        url: `${node.url}/put`,
        bodyOf: (index) => ({ key: `k${index % 5_000}`, value: index }),
        connections: clients,
        settleMs: SETTLE_MS,
        durationMs: ms,
      });
    await load(32, WARM_UP_MS);
    for (const clients of connections) {
      const probe = probeWhile(node);
      const result = await load(clients, durationMs);
      onRow({ connections: clients, ...result, ...(await probe.stop()) });
    }
  } finally {
    await node.stop();
    await directory.remove();
  }
}

function probeWhile(node: LocalService) {
  let running = true;
  let healthMs = 0;
  let memoryMb: number | undefined;
  const probing = (async () => {
    while (running) {
      const startedAt = performance.now();
      await fetch(`${node.url}/health`).then((response) => response.text());
      healthMs = Math.max(healthMs, performance.now() - startedAt);
      memoryMb = Math.max(memoryMb ?? 0, (await anonymousMemoryMb(node.pid)) ?? 0) || undefined;
      await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL_MS));
    }
  })();
  return {
    async stop() {
      running = false;
      await probing;
      return { healthMs, memoryMb };
    },
  };
}

/** Reads the memory that belongs to the process alone, without mapped files, from Linux' /proc. */
async function anonymousMemoryMb(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kb] = /^RssAnon:\s+(\d+)/m.exec(text) ?? [];
  return kb === undefined ? undefined : Number(kb) / 1_024;
}
