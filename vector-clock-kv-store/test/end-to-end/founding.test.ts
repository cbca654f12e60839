import { join } from 'node:path';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { afterEach, describe, expect, it } from 'vitest';
import { CausalClient } from '../../src/causal-client.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const started: LocalService[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.stop()));
});

/** Starts a node with an empty data directory. */
function start(name: string, port: number, peers: string, environment: Record<string, string> = {}): string {
  started.push(
    startLocalService({
      name,
      entryFile: nodeEntry,
      port,
      environment: {
        NODE_ID: name,
        PEERS: peers,
        DATA_DIR: join(directory.path, name),
        PEER_WAIT_MS: '100',
        ...environment,
      },
    }),
  );
  return `http://127.0.0.1:${port}`;
}

const ready = async (url: string) => {
  const response = await fetch(`${url}/ready`).catch(() => undefined);
  return { status: response?.status, body: await response?.json() };
};

describe('a node with an empty data directory', () => {
  it('says that it waits for a member, and serves once one responds', async () => {
    const ports = [await freePort(), await freePort()] as const;
    const url = start('node1', ports[0], `node2=http://127.0.0.1:${ports[1]}`);
    await expect
      .poll(() => ready(url), { timeout: 30_000 })
      .toMatchObject({
        status: 503,
        body: { reason: 'catching-up: waiting for a response of one of node2' },
      });
    expect((await fetch(`${url}/get?key=x`)).status).toBe(503);
    start('node2', ports[1], `node1=${url}`);
    await expect.poll(() => ready(url), { timeout: 30_000 }).toMatchObject({ status: 200 });
  });

  it('joins a member that starts later, although that one does not list it', async () => {
    const ports = [await freePort(), await freePort()] as const;
    const founder = `http://127.0.0.1:${ports[1]}`;
    const url = start('node1', ports[0], `node2=${founder}`, {
      ADVERTISE_URL: `http://127.0.0.1:${ports[0]}`,
    });
    await expect
      .poll(() => ready(url), { timeout: 30_000 })
      .toMatchObject({
        body: { reason: 'catching-up: waiting for a response of one of node2' },
      });
    start('node2', ports[1], '');
    await expect.poll(() => ready(url), { timeout: 30_000 }).toMatchObject({ status: 200 });
    await new CausalClient({ nodes: [founder] }).put('x', 'at both', { acks: 2 });
  });

  it('founds a cluster with FOUND_CLUSTER, or without peers', async () => {
    const [lone, founder] = [await freePort(), await freePort()];
    const urls = [
      start('node1', lone, ''),
      start('node2', founder, 'node3=http://127.0.0.1:1', { FOUND_CLUSTER: '1' }),
    ];
    for (const url of urls)
      await expect.poll(() => ready(url), { timeout: 30_000 }).toMatchObject({ status: 200 });
  });
});
