import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { EventLoopTurns, StreamBudget } from '@gridclock/service-kit';
import express from 'express';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClusterNode } from '../../src/cluster-node.ts';
import { streamState } from '../../src/routes/state-stream.ts';
import { streamWrites } from '../../src/routes/watch-stream.ts';
import { LmdbStorage } from '../../src/storage/lmdb-storage.ts';
import { WatchFeed } from '../../src/store/watch-feed.ts';
import { InstallingError } from '../../src/store/write-gate.ts';
import { createNode, endpoint, idleTransport } from '../support/create-node.ts';
import { createNodeApp } from '../support/node-app.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Turns that come only when the test says so. */
class ManualTurns extends EventLoopTurns {
  readonly waiting: (() => void)[] = [];

  override next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  give(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

const directory = temporaryDirectory();
let storage: LmdbStorage;
let node: ClusterNode;
let turns: ManualTurns;
let server: Server;
/** What the route handlers return. */
let handled: Promise<void>[];

beforeEach(async () => {
  storage = await LmdbStorage.open(directory.path, 'node1');
  node = createNode({ storage, logRetention: { writes: 1_000, bytes: 1e9, limitBytes: 1e9 } });
  await node.start();
  turns = new ManualTurns();
  handled = [];
  const budget = new StreamBudget({ streams: 10, unsentBytes: 1e6 });
  const app = express();
  app.get('/state', (_request, response) => {
    handled.push(streamState(response, node, turns));
  });
  app.get('/watch', (_request, response) => {
    const feed = new WatchFeed(node.log, {});
    streamWrites({ response, node, feed, prefix: 'rare/', turns, budget });
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends the requests on one connection, and closes it once the streams wait for their turn. */
async function leaveDuring(paths: string[], streams: number): Promise<void> {
  const address = server.address();
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  const [accepted] = await once(server, 'connection');
  for (const path of paths) socket.write(`GET ${path} HTTP/1.1\r\nHost: node1\r\n\r\n`);
  await expect.poll(() => turns.waiting.length).toBe(streams);
  // Not `once` of events, which rejects when the connection is reset.
  const closed = new Promise((resolve) => accepted.once('close', resolve));
  socket.destroy();
  await closed;
}

describe('a node that stops', () => {
  it('reads no further page for the state of a client that left', async () => {
    for (const key of ['x', 'y', 'z']) await node.store?.put(key, 'v'.repeat(200_000));
    await leaveDuring(['/state'], 1);
    await node.stop();
    turns.give();
    await Promise.all(handled);
  });

  it('reads no further writes for watchers that left, also if one waited for its connection', async () => {
    await Promise.all(Array.from({ length: 500 }, (_, number) => node.store?.put(`key${number}`, 1)));
    await leaveDuring(['/watch', '/watch'], 2);
    await node.stop();
    const reads = vi.spyOn(storage, 'log');
    turns.give();
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).not.toHaveBeenCalled();
  });

  it('refuses requests that waited for their turn', async () => {
    const { app, node: stopped } = createNodeApp();
    await stopped.start();
    await stopped.stop();
    for (const path of ['/read/x', '/state', '/', '/members'])
      expect((await request(app).get(path)).status, path).toBe(503);
  });

  it('refuses a read instead of failing to read', async () => {
    const { store } = node;
    await node.stop();
    await expect(store?.get('x')).rejects.toThrow(InstallingError);
  });

  it('refuses a write instead of failing to store it', async () => {
    const { store } = node;
    await node.stop();
    await expect(store?.put('x', 1)).rejects.toThrow(InstallingError);
  });

  it('gives up its start, although its storage is closed', async () => {
    await node.stop();
    let respond = () => {};
    const silent = idleTransport();
    const transport = {
      ...silent,
      heartbeat: () =>
        new Promise<void>((resolve) => {
          respond = resolve;
        }).then(silent.heartbeat),
    };
    const reopened = await LmdbStorage.open(directory.path, 'node1');
    const starting = createNode({
      storage: reopened,
      peers: [endpoint('node2', transport)],
      peerWaitMs: 5_000,
    });
    const started = starting.start();
    await new Promise((resolve) => setImmediate(resolve));
    await starting.stop();
    respond();
    await started;
  });
});
