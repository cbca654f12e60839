import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** `mem_limit` of a node in docker-compose.yml, and the heap that the image gives it. */
const CONTAINER = { limitMb: 384, heapMb: 192 };

/** What else counts against the limit: the kernel's memory for sockets, page tables and dirty pages of the file. */
const KERNEL_MB = 40;

const MEGABYTE = 'v'.repeat(1_000_000);
const directory = temporaryDirectory();
let node: LocalService;

beforeEach(async () => {
  node = startLocalService({
    name: 'node1',
    entryFile: nodeEntry,
    port: await freePort(),
    environment: {
      NODE_ID: 'node1',
      // Never reachable: its writes must wait, and those for it stay in the log.
      PEERS: `node2=http://127.0.0.1:${await freePort()}`,
      PEER_WAIT_MS: '0',
      FOUND_CLUSTER: '1',
      DATA_DIR: directory.path,
      LOG_LEVEL: 'error',
      NODE_OPTIONS: `--max-old-space-size=${CONTAINER.heapMb}`,
    },
  });
  await node.ready();
});

afterEach(() => node.stop());

async function post(path: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(node.url + path, { method: 'POST', headers, body });
  await response.text();
  return response.status;
}

const putBody = (key: number) => JSON.stringify({ key: `key${key}`, value: MEGABYTE });
const waitingBody = (counter: number) =>
  JSON.stringify({ sender: 'node2', key: 'key0', value: MEGABYTE, vc: { node2: counter } });

async function readState(): Promise<number> {
  const response = await fetch(`${node.url}/state`);
  let bytes = 0;
  for await (const part of response.body ?? []) bytes += part.length;
  return bytes;
}

/** Pages of the file in LMDB's memory map are not anonymous: the kernel takes them back when it needs memory. */
async function anonymousMb(): Promise<number> {
  const [, kb] = /RssAnon:\s+(\d+)/.exec(await readFile(`/proc/${node.pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1_024;
}

async function peakDuring<Result>(work: () => Promise<Result>): Promise<{ peakMb: number; result: Result }> {
  let peakMb = 0;
  let over = false;
  const sampling = (async () => {
    while (!over) {
      peakMb = Math.max(peakMb, await anonymousMb());
      await setTimeout(20);
    }
  })();
  const result = await work().finally(() => {
    over = true;
  });
  await sampling;
  return { peakMb, result };
}

describe.runIf(platform() === 'linux')('the memory of a node', () => {
  it('stays below its container’s limit under more large requests than it can hold', async () => {
    const keys = 20;
    const bodies = Array.from({ length: keys }, (_, key) => putBody(key));
    await Promise.all(bodies.map((body) => post('/put', body)));
    // Prepared, so that all of it arrives at once.
    const flood = Array.from({ length: 10 }, () => bodies).flat();
    const waiting = Array.from({ length: 40 }, (_, number) => waitingBody(number + 2));
    const { peakMb, result } = await peakDuring(async () => {
      const states = Array.from({ length: 4 }, readState);
      const statuses = await Promise.all([
        ...waiting.map((body) => post('/replicate', body)),
        ...flood.map((body) => post('/put', body)),
      ]);
      return { statuses, states: await Promise.all(states) };
    });
    expect(peakMb).toBeLessThan(CONTAINER.limitMb - KERNEL_MB);
    expect(new Set(result.statuses)).toEqual(new Set([200, 202, 503]));
    for (const bytes of result.states) expect(bytes).toBeGreaterThan(keys * MEGABYTE.length);
    expect(await post('/put', putBody(0))).toBe(200);
  }, 120_000);
});
