import { readFile } from 'node:fs/promises';
import { type ClosedLoopResult, type LocalService, runClosedLoop } from '@gridclock/local-service';
import type { OverloadedSystem } from './systems.ts';

export type OverloadRow = ClosedLoopResult & {
  connections: number;
  /** The longest response time of any process to `GET /health` meanwhile, in milliseconds. */
  healthMs: number;
  /** The most memory of each process, in MB, in the order of the system; NaN where the machine does not tell. */
  memoryMb: readonly number[];
};

/** 3 s, so that the compiler has seen the code, and the memory has grown to its usual size. */
const WARM_UP_MS = 3_000;

/** 15 s: Node.js accepts one connection per turn of its event loop, and a busy process has a few dozen turns per second. */
const SETTLE_MS = 15_000;

/** 200 ms: often enough to see a process that does not respond for a moment. */
const PROBE_INTERVAL_MS = 200;

/**
 * Measures a system under clients that send small requests without a pause, one row per number of clients, in turn.
 *
 * @param onRow called with each row as soon as it is measured
 */
export async function measureOverload(
  { bodyOf, processes, urls }: OverloadedSystem,
  connections: readonly number[],
  durationMs: number,
  onRow: (row: OverloadRow) => void,
): Promise<void> {
  const load = (clients: number, ms: number) =>
    runClosedLoop({ urls, bodyOf, connections: clients, settleMs: SETTLE_MS, durationMs: ms });
  const [first = 1] = connections;
  await load(first, WARM_UP_MS);
  for (const clients of connections) {
    const probes = processes.map(probe);
    const result = await load(clients, durationMs);
    const probed = await Promise.all(probes.map((stop) => stop()));
    onRow({
      connections: clients,
      ...result,
      healthMs: Math.max(...probed.map(({ healthMs }) => healthMs)),
      memoryMb: probed.map(({ memoryMb }) => memoryMb),
    });
  }
}

function probe({ pid, url }: LocalService) {
  let running = true;
  let healthMs = 0;
  let memoryMb = Number.NaN;
  const probing = (async () => {
    while (running) {
      const startedAt = performance.now();
      await fetch(`${url}/health`).then((response) => response.text());
      healthMs = Math.max(healthMs, performance.now() - startedAt);
      const now = await anonymousMemoryMb(pid);
      memoryMb = Number.isNaN(memoryMb) ? now : Math.max(memoryMb, now);
      await new Promise((resolve) => setTimeout(resolve, PROBE_INTERVAL_MS));
    }
  })();
  return async () => {
    running = false;
    await probing;
    return { healthMs, memoryMb };
  };
}

/** Reads the memory that belongs to the process alone, without mapped files, from Linux' /proc. */
async function anonymousMemoryMb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kb] = /^RssAnon:\s+(\d+)/m.exec(text) ?? [];
  return kb === undefined ? Number.NaN : Number(kb) / 1_024;
}
