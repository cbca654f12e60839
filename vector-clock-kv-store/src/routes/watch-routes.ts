import { validate } from '@gridclock/service-kit';
import { type Response, Router } from 'express';
import { z } from 'zod';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { clockSchema } from '../messages.ts';
import { MEMBERS_KEY } from '../storage/reserved-keys.ts';
import { FeedLostError, WatchFeed } from '../watch-feed.ts';
import { servingStore } from './serving.ts';
import { contextInQuery } from './session.ts';

/** A line now and then keeps proxies from closing a quiet stream, in milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/**
 * `GET /watch?prefix=P`: server-sent events, one per write, in causal order. An event's id is the clock of
 * everything sent up to it; a client that sends it back (`Last-Event-ID`, or `vc` in the query) goes on from there.
 */
export function watchRoutes(node: ClusterNode): Router {
  const router = Router();
  router.get('/watch', (request, response) => {
    const { prefix } = validate(
      z.object({ prefix: z.string('must be given once').default('') }),
      request.query,
      'query',
    );
    const lastId = request.get('last-event-id');
    const since = lastId === undefined ? contextInQuery(request) : clockFrom(lastId);
    const fromNow = lastId === undefined && request.query.vc === undefined;
    servingStore(node);
    const feed = new WatchFeed(node.history, fromNow ? node.clock : since);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write(': watching\n\n');
    stream(response, node, feed, prefix);
  });
  return router;
}

/** Sends what the feed has as fast as the client reads it; what it has not read stays in the log, not in memory. */
function stream(response: Response, node: ClusterNode, feed: WatchFeed, prefix: string): void {
  const open = () => !response.writableEnded && !response.writableNeedDrain;
  const send = () => {
    if (!open()) return;
    try {
      for (const { write, position } of feed.take()) {
        if (!write.key.startsWith(prefix) || write.key === MEMBERS_KEY) continue;
        if (!response.write(eventText(write, position))) return;
      }
    } catch (error) {
      if (!(error instanceof FeedLostError)) throw error;
      // The log has been pruned past the client's position: it must read anew before it watches on.
      response.end('event: reset\ndata: {"error":"The log no longer reaches back to that clock"}\n\n');
    }
  };
  const keepAlive = setInterval(() => {
    if (open()) response.write(': still here\n\n');
  }, KEEP_ALIVE_MS);
  const unsubscribe = node.subscribe(send);
  const stop = () => {
    clearInterval(keepAlive);
    unsubscribe();
  };
  response.on('drain', send);
  response.on('close', stop);
  // An answer that waits behind another one on its connection is never told that it was closed.
  response.req.socket.on('close', stop);
  send();
}

function eventText({ key, value, sender, vc }: Write, position: VectorClock): string {
  return `id: ${JSON.stringify(position)}\nevent: write\ndata: ${JSON.stringify({ key, value, sender, vc })}\n\n`;
}

function clockFrom(lastId: string): VectorClock {
  let parsed: unknown;
  try {
    parsed = JSON.parse(lastId);
  } catch {
    parsed = undefined;
  }
  return validate(z.object({ 'last-event-id': clockSchema }), { 'last-event-id': parsed }, 'headers')[
    'last-event-id'
  ];
}
