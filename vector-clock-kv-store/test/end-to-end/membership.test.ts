import { join } from 'node:path';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { localCluster } from '../support/local-cluster.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

const membersSchema = z.object({
  peers: z.array(z.object({ id: z.string(), url: z.string() })),
  removed: z.array(z.string()),
});
const stateSchema = z.object({
  store: z.record(z.string(), z.unknown()),
  vector_clock: z.record(z.string(), z.number()),
});
const heartbeatSchema = z.object({ status: z.string(), pruned: z.record(z.string(), z.number()) });

let cluster: NodeProcesses;
let joiner: LocalService | undefined;

beforeEach(async () => {
  cluster = await localCluster({ dataRoot: directory.path, environment: { LOG_RETENTION: '0' } });
  await cluster.start('node1', 'node2', 'node3');
});

afterEach(async () => {
  await joiner?.stop();
  joiner = undefined;
  await cluster.stop();
});

const read = async <Shape>(url: string, schema: z.ZodType<Shape>) =>
  schema.parse(await (await fetch(url)).json());
const peersOf = async (url: string) =>
  (await read(`${url}/members`, membersSchema)).peers.map(({ id }) => id).sort();

async function startJoiner(port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}`;
  joiner = startLocalService({
    name: 'node4',
    entryFile: nodeEntry,
    port,
    environment: {
      NODE_ID: 'node4',
      PEERS: `node2=${cluster.url('node2')}`,
      ADVERTISE_URL: url,
      DATA_DIR: join(directory.path, 'node4'),
    },
  });
  await joiner.ready();
  return url;
}

describe('a node that knows one of three members', () => {
  it('joins, installs a snapshot, is known to all, and remains so after restarts', async () => {
    const client = new CausalClient({ nodes: cluster.urls });
    for (let n = 1; n <= 50; n++) await client.put(`k${n}`, n);
    await expect
      .poll(() => read(cluster.url('node2'), heartbeatSchema), { timeout: 30_000 })
      .toMatchObject({ pruned: { node1: 50 } });

    const port = await freePort();
    const url = await startJoiner(port);
    expect(Object.keys((await read(`${url}/state`, stateSchema)).store)).toHaveLength(50);
    for (const name of ['node1', 'node2', 'node3']) {
      const others = ['node1', 'node2', 'node3', 'node4'].filter((other) => other !== name);
      await expect.poll(() => peersOf(cluster.url(name)), { timeout: 20_000 }).toEqual(others);
    }
    expect(await peersOf(url)).toEqual(['node1', 'node2', 'node3']);
    await client.put('by all', 'of us', { node: url, acks: 4 });

    await joiner?.stop();
    await cluster.kill('node1');
    await cluster.start('node1');
    await startJoiner(port);
    expect(await peersOf(url)).toEqual(['node1', 'node2', 'node3']);
    expect(await peersOf(cluster.url('node1'))).toEqual(['node2', 'node3', 'node4']);
    await client.put('again', 'of us', { node: cluster.url('node1'), acks: 4 });
  });
});

describe('a node that is removed', () => {
  it('no longer blocks log pruning, and does not serve when it returns', async () => {
    const client = new CausalClient({ nodes: cluster.urls });
    await cluster.kill('node3');
    for (let n = 1; n <= 20; n++) await client.put('x', n);
    const removal = await fetch(`${cluster.url('node1')}/members/node3`, { method: 'DELETE' });
    expect(removal.status).toBe(200);
    for (const name of ['node1', 'node2']) {
      await expect
        .poll(() => peersOf(cluster.url(name)), { timeout: 20_000 })
        .toEqual([name === 'node1' ? 'node2' : 'node1']);
    }
    await expect
      .poll(() => read(cluster.url('node1'), heartbeatSchema), { timeout: 30_000 })
      .toMatchObject({ pruned: { node1: 21 } });
    await client.put('x', 'two are all', { acks: 2 });
    const tooMany = await fetch(`${cluster.url('node1')}/put`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: 'x', value: 1, acks: 3 }),
    });
    expect(tooMany.status).toBe(400);
    const fromRemovedNode = await fetch(`${cluster.url('node1')}/replicate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-gridclock-node': 'node3' },
      body: JSON.stringify({ sender: 'node3', key: 'x', value: 1, vc: { node3: 1 } }),
    });
    expect(fromRemovedNode.status).toBe(410);

    cluster.launch('node3');
    const status = async () =>
      (await fetch(`${cluster.url('node3')}/get?key=x`).catch(() => undefined))?.status;
    const health = () => read(cluster.url('node3'), heartbeatSchema).catch(() => undefined);
    await expect.poll(health, { timeout: 30_000 }).toMatchObject({ status: 'removed' });
    expect(await status()).toBe(503);

    const readmission = await fetch(`${cluster.url('node1')}/members`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'node3', url: cluster.url('node3') }),
    });
    expect(readmission.status).toBe(200);
    await expect.poll(status, { timeout: 30_000 }).toBe(200);
    await client.put('x', 'three again', { acks: 3 });
  });
});
