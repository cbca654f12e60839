import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

const heartbeatSchema = z.object({
  status: z.string(),
  vector_clock: z.record(z.string(), z.number()),
  pruned: z.record(z.string(), z.number()),
  peers: z.array(z.object({ id: z.string() })),
});

const siblingsSchema = z.object({ siblings: z.array(z.object({ value: z.string() })) });

let cluster: NodeProcesses;

beforeEach(async () => {
  cluster = await NodeProcesses.plan({
    count: 2,
    dataRoot: directory.path,
    environment: { LOG_RETENTION: '0', PEER_WAIT_MS: '30000' },
  });
  await cluster.start('node1', 'node2');
});

afterEach(() => cluster.stop());

const heartbeat = async (name: string) =>
  heartbeatSchema.parse(await (await fetch(cluster.url(name))).json());

async function changeMembers(at: string, method: 'POST' | 'DELETE', id: string): Promise<void> {
  const path = method === 'DELETE' ? `/members/${id}` : '/members';
  const body = method === 'POST' ? { body: JSON.stringify({ id, url: cluster.url(id) }) } : {};
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${cluster.url(at)}${path}`, { method, headers, ...body });
  expect(status).toBe(200);
}

/** Removes the other node at one of two nodes, writes there, and waits until its log is pruned. */
async function goOnAlone(name: string, other: string): Promise<void> {
  await changeMembers(name, 'DELETE', other);
  const client = new CausalClient({ nodes: [cluster.url(name)] });
  await client.put('both', name);
  await client.put(name, 1);
  const ownPruned = async () => {
    const { pruned, vector_clock } = await heartbeat(name);
    return pruned[name] === vector_clock[name];
  };
  await expect.poll(ownPruned, { timeout: 30_000 }).toBe(true);
}

describe('two nodes that removed each other and pruned their logs', () => {
  it('serve all writes of both once each admits the other, also after restarts', async () => {
    cluster.pause('node2');
    await goOnAlone('node1', 'node2');
    cluster.pause('node1');
    cluster.resume('node2');
    await goOnAlone('node2', 'node1');
    cluster.resume('node1');
    await changeMembers('node1', 'POST', 'node2');
    await changeMembers('node2', 'POST', 'node1');
    await cluster.kill('node1');
    await cluster.start('node1');
    const served = async () => {
      const [left, right] = await Promise.all([heartbeat('node1'), heartbeat('node2')]);
      return {
        statuses: [left.status, right.status],
        equal:
          JSON.stringify(Object.entries(left.vector_clock).sort()) ===
          JSON.stringify(Object.entries(right.vector_clock).sort()),
      };
    };
    await expect.poll(served, { timeout: 40_000 }).toEqual({ statuses: ['ok', 'ok'], equal: true });
    for (const url of cluster.urls) {
      const client = new CausalClient({ nodes: [url] });
      expect((await client.get('node1')).value).toBe(1);
      expect((await client.get('node2')).value).toBe(1);
      const { siblings } = siblingsSchema.parse(await (await fetch(`${url}/get?key=both`)).json());
      expect(siblings.map(({ value }) => value).sort()).toEqual(['node1', 'node2']);
      await client.put(`by both ${url}`, 1, { acks: 2 });
    }
  });
});
