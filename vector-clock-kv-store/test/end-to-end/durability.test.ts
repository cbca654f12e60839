import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { localCluster } from '../support/local-cluster.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

const stateSchema = z.object({ clock_id: z.string(), store: z.record(z.string(), z.unknown()) });

const heartbeatSchema = z.object({ pruned: z.record(z.string(), z.number()) });

const names = ['node1', 'node2', 'node3'];
let cluster: NodeProcesses;

beforeEach(async () => {
  cluster = await localCluster({ dataRoot: directory.path, environment: { LOG_RETENTION: '0' } });
  await cluster.start(...names);
});

afterEach(async () => {
  await cluster.stop();
});

const state = async (name: string) =>
  stateSchema.parse(await (await fetch(`${cluster.url(name)}/state`)).json());

describe('nodes that are killed together during writes', () => {
  it('keep every acknowledged write and their ids', async () => {
    const acknowledged: string[] = [];
    const writers = names.flatMap((name) =>
      Array.from({ length: 8 }, async (_, writer) => {
        const client = new CausalClient({ nodes: [cluster.url(name)] });
        for (let n = 0; ; n++) {
          const key = `${name}-${writer}-${n}`;
          await client.put(key, key);
          acknowledged.push(key);
        }
      }),
    );
    const failed = Promise.allSettled(writers);
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(1_000);
    await Promise.all(names.map((name) => cluster.kill(name)));
    await failed;

    await cluster.start(...names);
    for (const name of names) {
      const lost = async () => {
        const { store } = await state(name);
        return acknowledged.filter((key) => !Object.hasOwn(store, key));
      };
      await expect.poll(lost, { timeout: 30_000 }).toEqual([]);
      expect((await state(name)).clock_id).toBe(name);
    }
  });
});

describe('a node that lost its disk after the others pruned their logs', () => {
  it('installs a snapshot, continues as a new incarnation, and replicates again', async () => {
    const client = new CausalClient({ nodes: [cluster.url('node1')] });
    for (let n = 0; n < 300; n++) await client.put(`k${n % 100}`, n);
    await client.remove('k7');
    const own = new CausalClient({ nodes: [cluster.url('node3')] });
    await own.put('own', 'of the first incarnation of node3');
    const pruned = async (name: string) =>
      heartbeatSchema.parse(await (await fetch(cluster.url(name))).json()).pruned;
    for (const name of ['node1', 'node2']) {
      await expect.poll(() => pruned(name), { timeout: 30_000 }).toEqual({ node1: 301, node3: 1 });
    }
    await cluster.kill('node3');
    await rm(join(directory.path, 'node3'), { recursive: true });

    await cluster.start('node3');
    const back = await state('node3');
    expect(back.clock_id).toMatch(/^node3~/);
    expect(back.store).toEqual((await state('node1')).store);
    expect(Object.keys(back.store)).toHaveLength(100);
    await own.put('own', 'of the second incarnation of node3', { node: cluster.url('node3') });
    await expect
      .poll(async () => (await state('node1')).store.own, { timeout: 20_000 })
      .toBe('of the second incarnation of node3');
  });
});
