import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient, StoreError } from '../../src/causal-client.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const running: LocalService[] = [];

const heartbeatSchema = z.object({
  node_id: z.string(),
  clock_id: z.string(),
  status: z.string(),
  vector_clock: z.record(z.string(), z.number()),
  peers: z.array(z.object({ id: z.string(), url: z.string() })),
  conflicts: z.array(z.object({ kind: z.string(), subject: z.string() })),
  resolved_conflict: z.object({ kind: z.string(), subject: z.string() }).optional(),
});
const stateSchema = z.object({ store: z.record(z.string(), z.unknown()) });

afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop()));
});

/** Starts a node. @param data names its data directory; null: in memory only */
function launch(
  name: string,
  port: number,
  environment: Record<string, string>,
  data: string | null = name,
): LocalService {
  const node = startLocalService({
    name,
    entryFile: nodeEntry,
    port,
    environment: {
      NODE_ID: name,
      ...(data === null ? {} : { DATA_DIR: join(directory.path, data) }),
      PEER_WAIT_MS: '30000',
      LOG_LEVEL: 'fatal',
      ...environment,
    },
  });
  running.push(node);
  return node;
}

/** Starts `node1` to `node3`, which list each other. */
async function cluster() {
  const ports = [await freePort(), await freePort(), await freePort()];
  const url = (index: number) => `http://127.0.0.1:${ports[index]}`;
  const PEERS = ports.map((_port, index) => `node${index + 1}=${url(index)}`).join(',');
  const start = (index: number, environment = {}, port = ports[index] ?? 0, data?: string) =>
    launch(`node${index + 1}`, port, { PEERS, ...environment }, data);
  const nodes = ports.map((_port, index) => start(index));
  await Promise.all(nodes.map((node) => node.ready()));
  return { nodes, PEERS, url, start };
}

const heartbeat = async (url: string) => heartbeatSchema.parse(await (await fetch(url)).json());
const store = async (url: string) => stateSchema.parse(await (await fetch(`${url}/state`)).json()).store;
const put = (url: string, key: string, value: string | number | boolean, acks = 1) =>
  new CausalClient({ nodes: [url] }).put(key, value, { acks });

describe('a data directory that is replaced by an earlier copy', () => {
  it('is continued under another id, and every write is on all nodes', async () => {
    const { nodes, url, start } = await cluster();
    for (let n = 1; n <= 5; n++) await put(url(0), `before${n}`, n, 3);
    await nodes[0]?.stop();
    const [data, copy] = [join(directory.path, 'node1'), join(directory.path, 'copy')];
    await cp(data, copy, { recursive: true });
    await start(0).ready();
    expect(await heartbeat(url(0))).toMatchObject({ node_id: 'node1', clock_id: 'node1' });
    for (let n = 1; n <= 5; n++) await put(url(0), `after${n}`, n, 3);
    await running.at(-1)?.stop();
    await rm(data, { recursive: true });
    await cp(copy, data, { recursive: true });
    await start(0).ready();
    expect(await heartbeat(url(0))).toMatchObject({
      clock_id: expect.stringMatching(/^node1~/),
      conflicts: [],
      resolved_conflict: { kind: 'identity', subject: 'node1' },
    });
    const metrics = await (await fetch(`${url(0)}/metrics`)).text();
    expect(metrics).toContain('kv_identity_conflicts_total{kind="identity"} 1');
    for (let n = 1; n <= 8; n++) await put(url(0), `later${n}`, n, 2);
    const complete = async () => Object.keys(await store(url(2))).length;
    await expect.poll(complete, { timeout: 20_000 }).toBe(18);
    expect(await store(url(0))).toEqual(await store(url(2)));
    expect(await store(url(1))).toEqual(await store(url(2)));
  });
});

describe('a second process under one name', () => {
  it('refuses to serve and says why, while the first one serves', async () => {
    const { url, start } = await cluster();
    const port = await freePort();
    start(0, { ADVERTISE_URL: `http://127.0.0.1:${port}` }, port, 'second');
    const second = `http://127.0.0.1:${port}`;
    await expect
      .poll(() => heartbeat(second).catch(() => undefined), { timeout: 30_000 })
      .toMatchObject({ status: 'conflict', conflicts: [{ kind: 'name', subject: 'node1' }] });
    expect((await fetch(`${second}/ready`)).status).toBe(503);
    await expect(put(second, 'x', 1)).rejects.toThrow(StoreError);
    await put(url(0), 'x', 1, 3);
    expect(await (await fetch(`${second}/metrics`)).text()).toContain(
      'kv_identity_conflicts_total{kind="name"} 1',
    );
  });
});

describe('a peer address that leads to another node', () => {
  it('does not count as a copy', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const urls = [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`];
    const environment = { PEER_WAIT_MS: '500' };
    // node1 calls itself node2, and node3 is at the address of node2.
    const alone = launch(
      'node1',
      first,
      { ...environment, PEERS: `node2=http://localhost:${first},node3=${urls[1]}` },
      null,
    );
    launch('node4', second, { ...environment, PEERS: `node1=${urls[0]}` }, null);
    await alone.ready();
    const seen = async () =>
      (await heartbeat(urls[0] ?? '')).conflicts.map(({ kind, subject }) => `${kind} ${subject}`).sort();
    await expect.poll(seen, { timeout: 20_000 }).toEqual(['peer node2', 'peer node3']);
    await expect(put(urls[0] ?? '', 'x', 1, 2)).rejects.toThrow(/too few nodes/);
  });
});

describe('two names for the address of one node', () => {
  it('count as one copy', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${first}`;
    const PEERS = `node2=http://127.0.0.1:${second},node3=http://localhost:${second}`;
    const node = launch('node1', first, { PEERS, PEER_WAIT_MS: '500' }, null);
    launch('node2', second, { PEERS: `node1=${url},node3=${url}`, PEER_WAIT_MS: '500' }, null);
    await node.ready();
    await put(url, 'x', 1, 2);
    await expect(put(url, 'x', 2, 3)).rejects.toThrow(/too few nodes/);
    expect((await heartbeat(url)).conflicts).toMatchObject([{ kind: 'peer', subject: 'node3' }]);
  });
});

describe('a node without a join list that loses its disk', () => {
  it('is found by the node that had joined it, and both keep every write', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const [seed, joined] = [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`];
    const startSeed = () => launch('node1', first, { ADVERTISE_URL: seed });
    await startSeed().ready();
    await launch('node2', second, { PEERS: `node1=${seed}`, ADVERTISE_URL: joined }).ready();
    for (let n = 1; n <= 4; n++) await put(seed, `old${n}`, n, 2);
    await running[0]?.stop();
    await running[1]?.stop();
    await rm(join(directory.path, 'node1'), { recursive: true });
    await startSeed().ready();
    await put(seed, 'island', 'kept');
    expect(await heartbeat(seed)).toMatchObject({ clock_id: 'node1', peers: [] });
    launch('node2', second, {
      PEERS: `node1=${seed}`,
      ADVERTISE_URL: joined,
      PEER_WAIT_MS: '1000',
    });
    await expect
      .poll(() => heartbeat(seed), { timeout: 30_000 })
      .toMatchObject({ status: 'ok', resolved_conflict: { kind: 'identity' } });
    await put(seed, 'healed', true, 2);
    const expected = { old1: 1, old2: 2, old3: 3, old4: 4, island: 'kept', healed: true };
    for (const url of [seed, joined]) expect(await store(url)).toEqual(expected);
  });
});

describe('a node that returns at another port', () => {
  it('is written to there within seconds', async () => {
    const { nodes, url, start } = await cluster();
    await nodes[2]?.stop();
    const port = await freePort();
    const moved = `http://127.0.0.1:${port}`;
    await start(2, { ADVERTISE_URL: moved }, port).ready();
    await put(url(0), 'x', 1, 3);
    expect(await store(moved)).toEqual({ x: 1 });
    expect((await heartbeat(url(1))).peers).toContainEqual({ id: 'node3', url: moved });
  });
});
