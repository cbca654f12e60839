import { validate } from '@gridclock/service-kit';
import { type Response, Router } from 'express';
import { z } from 'zod';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import type { NodeStatus } from '../membership/node-lifecycle.ts';
import { clockSchema } from '../messages/clock.ts';
import { isReservedKey } from '../storage/storage.ts';
import { FeedLostError, WatchFeed } from '../store/watch-feed.ts';
import { serving } from './serving.ts';
import { contextInQuery, inSession, sessionOf } from './session.ts';

/** 15 s: proxies close streams that are idle for 30 s or more. */
const KEEP_ALIVE_MS = 15_000;

const querySchema = z.object({ prefix: z.string('must be given once').default('') });

/**
 * `GET /watch?prefix=P`: streams server-sent events, one per write, in causal order. An event's id is the clock of
 * everything sent up to it. A client resumes by sending it as `Last-Event-ID`, or as `vc` in the query. A stream whose
 * log or node is lost ends with a `reset` or `unavailable` event that says why.
 */
export function watchRoutes(node: ClusterNode): Router {
  const router = Router();
  router.get('/watch', async (request, response) => {
    const { prefix } = validate(querySchema, request.query, 'query');
    // Empty after a reset: the client starts over.
    const lastId = request.get('last-event-id') || undefined;
    const since = lastId === undefined ? contextInQuery(request) : parseEventId(lastId);
    const fromNow = lastId === undefined && request.query.vc === undefined;
    const { store } = serving(node);
    // As in a read: a clock from another cluster, or from before a reset, would skip events silently.
    const session = sessionOf(request, since, node, store);
    await inSession(() => store.catchUpWith(session));
    const feed = new WatchFeed(node.log, fromNow ? node.clock : since);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // Nginx would buffer the stream.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write(': watching\n\n');
    stream(response, node, feed, prefix);
  });
  return router;
}

/** Streams a feed as fast as the client reads it. Unread writes stay in the log, not in memory. */
function stream(response: Response, node: ClusterNode, feed: WatchFeed, prefix: string): void {
  const writable = () => !response.writableEnded && !response.writableNeedDrain;
  const send = () => {
    if (response.writableEnded) return;
    if (node.status !== 'ok') {
      response.end(formatEnd(node.status));
      return;
    }
    if (!writable()) return;
    try {
      for (const { write, position } of feed.take()) {
        if (!write.key.startsWith(prefix) || isReservedKey(write.key)) continue;
        if (!response.write(formatEvent(write, position))) return;
      }
    } catch (error) {
      if (!(error instanceof FeedLostError)) throw error;
      response.end(formatReset({ error: 'The log no longer reaches back to that clock' }));
    }
  };
  const keepAlive = setInterval(() => {
    if (writable()) response.write(': still here\n\n');
  }, KEEP_ALIVE_MS);
  const unsubscribe = node.subscribe(send);
  const stop = () => {
    clearInterval(keepAlive);
    unsubscribe();
  };
  response.on('drain', send);
  response.on('close', stop);
  // A response queued behind another on its connection emits no `close` event.
  response.req.socket.on('close', stop);
  send();
}

/** The log was pruned past the client's position: it must read the keys before it watches again. */
function formatReset(data: object): string {
  // The empty id makes an EventSource forget its own, with which it would reconnect forever.
  return `id\nevent: reset\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The last event of a node that no longer serves. A node that is refilled gets a log that starts later. */
function formatEnd(status: NodeStatus): string {
  const data = { error: `This node is ${status}; watch another node, or this one later`, status };
  return status === 'catching-up'
    ? formatReset(data)
    : `event: unavailable\ndata: ${JSON.stringify(data)}\n\n`;
}

function formatEvent({ key, value, sender, vc }: Write, position: VectorClock): string {
  return `id: ${JSON.stringify(position)}\nevent: write\ndata: ${JSON.stringify({ key, value, sender, vc })}\n\n`;
}

function parseEventId(lastId: string): VectorClock {
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
