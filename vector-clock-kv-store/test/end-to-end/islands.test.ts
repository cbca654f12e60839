import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import { OperatedCluster } from '../support/operated-cluster.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
let cluster: OperatedCluster;

afterEach(async () => {
  await cluster.stop();
});

const heartbeatSchema = z.object({
  clock_id: z.string(),
  conflicts: z.array(z.object({ kind: z.string() })),
  resolved_conflict: z.object({ kind: z.string(), message: z.string() }).optional(),
});
const heartbeat = async (name: string) =>
  heartbeatSchema.parse(await (await fetch(cluster.url(name))).json());

const founders = ['node1', 'node2'];
const copyOf = (name: string) => join(directory.path, `copy of ${name}`);

describe('two of three nodes, restored together from copies that do not name the third', () => {
  it('lose no write of either side when they meet it', async () => {
    cluster = await OperatedCluster.plan(directory.path);
    const variablesOf = (name: string) => ({
      // With a token, a node at an address that nobody configured has to prove itself first.
      CLUSTER_TOKEN: 'a-cluster-token-that-nobody-guesses',
      PEERS: founders.map((founder) => `${founder}=${cluster.url(founder)}`).join(','),
      ADVERTISE_URL: cluster.url(name),
      PEER_WAIT_MS: '20000',
    });
    const start = async (names: readonly string[]) => {
      const nodes = names.map((name) => cluster.launch(name, variablesOf(name)));
      await Promise.all(nodes.map((node) => node.ready()));
    };
    const put = (name: string, key: string, acks: number) =>
      new CausalClient({ nodes: [cluster.url(name)] }).put(key, `at ${name}`, { acks });

    await start(founders);
    for (const name of founders) for (let n = 1; n <= 5; n++) await put(name, `${name} before ${n}`, 2);
    await cluster.stop(founders);
    for (const name of founders) await cp(join(directory.path, name), copyOf(name), { recursive: true });
    await start(founders);
    await start(['node3']);
    for (const name of founders) for (let n = 1; n <= 5; n++) await put(name, `${name} main ${n}`, 3);
    await cluster.stop();

    for (const name of founders) {
      await rm(join(directory.path, name), { recursive: true });
      await cp(copyOf(name), join(directory.path, name), { recursive: true });
    }
    await start(founders);
    for (const name of founders) for (let n = 1; n <= 8; n++) await put(name, `${name} island ${n}`, 2);
    await start(['node3']);
    const size = async (name: string) => Object.keys(await cluster.store(name)).length;
    for (const name of ['node1', 'node2', 'node3']) {
      await expect.poll(() => size(name), { timeout: 30_000 }).toBe(10 + 10 + 16);
      expect(await cluster.store(name)).toEqual(await cluster.store('node1'));
    }
    for (const name of founders) {
      await expect
        .poll(() => heartbeat(name), { timeout: 10_000 })
        .toMatchObject({
          clock_id: expect.stringMatching(new RegExp(`^${name}~`)),
          conflicts: [],
          resolved_conflict: { kind: 'identity', message: expect.stringContaining('earlier copy') },
        });
      const metrics = await (await fetch(`${cluster.url(name)}/metrics`)).text();
      expect(metrics).toContain('kv_identity_conflicts_total{kind="identity"} 1');
    }
    expect(cluster.lines.join('\n')).toMatch(/"level":"error".*earlier copy/);
  });
});
