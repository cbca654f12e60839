import {
  checkNames,
  createRouter,
  type EventLoopTurns,
  leaveFrontDoor,
  StreamBudget,
  validate,
} from '@gridclock/service-kit';
import type { Router } from 'express';
import { z } from 'zod';
import { type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { WATCH_UNSENT_BYTES } from '../limits.ts';
import { clockSchema } from '../messages/clock.ts';
import { WatchFeed } from '../store/watch-feed.ts';
import { serving } from './serving.ts';
import { checkContext, contextOf, inSession, waitMsOf } from './session.ts';
import { streamWrites } from './watch-stream.ts';

/** The query of `GET /watch`. */
export const watchQuerySchema = z.object({ prefix: z.string('must be given once').default('') });

/**
 * `GET /watch?prefix=P`: streams server-sent events, one per write, in causal order. An event's id is the clock of
 * everything sent up to it. A client resumes by sending it as `Last-Event-ID`, or as the context of a read. A stream whose
 * log or node is lost ends with a `reset` or `unavailable` event that says why.
 *
 * @param streams the most streams at once; further ones get a 503
 */
export function watchRoutes(node: ClusterNode, turns: EventLoopTurns, streams: number): Router {
  const budget = new StreamBudget({ streams, unsentBytes: WATCH_UNSENT_BYTES });
  const router = createRouter();
  router.get('/watch', checkNames({ query: ['prefix', 'vc', 'wait_ms'] }), async (request, response) => {
    const { prefix } = validate(watchQuerySchema, request.query, 'query');
    // Empty after a reset: the client starts over.
    const lastId = request.get('last-event-id') || undefined;
    const since = lastId === undefined ? contextOf(request) : parseEventId(lastId);
    const waitMs = waitMsOf(request);
    const { store } = serving(node);
    // As in a read: a clock from another cluster, or from before a reset, would skip events silently.
    const context = since ?? zeroClock;
    checkContext(context, node, store);
    await inSession(() => store.sessions.catchUpWith({ context, waitMs }));
    budget.open(response);
    leaveFrontDoor(response);
    const feed = new WatchFeed(node.log, since ?? node.clock);
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
    streamWrites({ response, node, feed, prefix, turns, budget });
  });
  return router;
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
