import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen } from '@gridclock/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WatchFeed } from '../../src/store/watch-feed.ts';
import { servedNode } from '../support/node-app.ts';

const STREAMS = 20;
const served = servedNode({ watchLimit: STREAMS });
let server: Server;
let port: number;
let watchers: Socket[];
let accepted: Socket[];

beforeEach(async () => {
  server = await listen(served.app, 0, '127.0.0.1');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  watchers = [];
  accepted = [];
  server.on('connection', (socket: Socket) => accepted.push(socket));
});

afterEach(() => {
  for (const watcher of watchers) watcher.destroy();
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

/** Opens a stream from the start of the log; its client reads nothing. */
function watchUnread(): void {
  const watcher = connect(port, '127.0.0.1').on('error', () => {});
  watcher.write('GET /watch?vc={} HTTP/1.1\r\nHost: x\r\n\r\n');
  watchers.push(watcher);
}

describe('streams that nobody reads', () => {
  it('take one step of all of them per turn, while the kernel still buffers', async () => {
    const value = 'v'.repeat(1_000);
    const writes = Array.from({ length: 1_000 }, (_, index) => ({
      sender: 'node2',
      key: `k${index}`,
      value,
      vc: { node2: index + 1 },
    }));
    await served.storage.commit(writes);
    let steps = 0;
    let most = 0;
    const { take } = WatchFeed.prototype;
    vi.spyOn(WatchFeed.prototype, 'take').mockImplementation(function (this: WatchFeed) {
      most = Math.max(most, ++steps);
      return take.call(this);
    });
    let filling = true;
    const everyTurn = () => {
      steps = 0;
      if (filling) setImmediate(everyTurn);
    };
    everyTurn();
    for (let index = 0; index < STREAMS; index++) watchUnread();
    // Each has 1 MB to send; 100 KB are several chunks, and fit into the kernel's buffers.
    const written = () => accepted.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
    await expect.poll(written).toBeGreaterThan(STREAMS * 100_000);
    filling = false;
    expect(most).toBe(1);
  });

  it('are refused beyond WATCH_LIMIT, until one of them ends', async () => {
    for (let index = 0; index < STREAMS; index++) watchUnread();
    const watch = () => fetch(`http://127.0.0.1:${port}/watch`, { method: 'HEAD' });
    await expect.poll(async () => (await watch()).status).toBe(503);
    watchers[0]?.destroy();
    await expect.poll(async () => (await watch()).status).toBe(200);
  });
});
