import { createRouter, leaveFrontDoor, onceClosed, StreamBudget, validate } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { type Page, pageRoutes, prefersPage } from '@gridclock/ui-kit/pages';
import type { Response, Router } from 'express';
import { z } from 'zod';
import { ClusterRelay, type Viewer } from '../live/cluster-relay.ts';
import { type AskPeer, viewPeer } from '../live/peer-requests.ts';
import { NodeViewer, type ViewOptions } from '../live/view-node.ts';
import { NODE_HEADER } from '../replication/headers.ts';
import type { ClusterAccess } from './cluster-access.ts';

/** The live page, which runs in the browser. */
const page: Page = {
  name: 'store',
  title: 'Gridclock · causal store',
  entry: new URL('../live-page/main.tsx', import.meta.url),
};

/** 20 pages: a class looks at one projector, or each student at one of three nodes. */
const STREAMS = { streams: 20, unsentBytes: 16 * 1024 * 1024 };

/** 2 MiB unsent: a page this far behind skips what happens, and gets everything that is kept once it reads again. */
const BEHIND_BYTES = 2 * 1024 * 1024;

/** 15 s: proxies close streams that are idle for 30 s or more. */
const KEEP_ALIVE_MS = 15_000;

/** The query of `GET /ui/node`. */
export const seenSchema = z.object({
  host: z.string('must be given once').optional(),
  since: z
    .string('must be given once')
    .regex(/^\d{1,15}$/, 'must be a whole number, 0 or more')
    .transform(Number)
    .default(0),
});

export type UiOptions = ViewOptions & {
  access: ClusterAccess;
  askPeer: AskPeer;
  scheduler: Scheduler;
};

/**
 * The live page: `GET /ui`, and `GET /` for a browser. Its data: `GET /ui/node`, what this node shows of itself;
 * `GET /ui/events`, a stream of what all nodes do.
 */
export function uiRoutes(options: UiOptions): Router {
  const { node, access, askPeer, scheduler } = options;
  const viewer = new NodeViewer(options);
  const relay = new ClusterRelay({
    self: node.name,
    peers: () => node.directory.peers,
    viewSelf: (seen) => viewer.view(seen),
    viewPeer: (peer, seen) => viewPeer(askPeer, peer, seen),
    scheduler,
  });
  const budget = new StreamBudget(STREAMS);
  const router = createRouter();
  router.get('/', (request, response, next) => {
    response.vary('Accept');
    if (request.get(NODE_HEADER) === undefined && prefersPage(request)) response.redirect('ui');
    else next();
  });
  router.use(pageRoutes('/ui', page));
  router.get('/ui/node', access.require, async (request, response) => {
    const { host, since } = validate(seenSchema, request.query, 'query');
    response.json(await viewer.view({ host, since }));
  });
  router.get('/ui/events', access.require, (request, response) => {
    budget.open(response);
    leaveFrontDoor(response);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // Nginx would buffer the stream.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') response.end();
    else stream(relay, response, budget);
  });
  return router;
}

/** Streams what the nodes do, from what is kept of the past on. */
function stream(relay: ClusterRelay, response: Response, budget: StreamBudget): void {
  let isBehind = false;
  const send: Viewer = (event, data) => {
    if (!response.writableEnded && !response.destroyed)
      budget.write(response, `event: ${event}\ndata: ${data}\n\n`);
  };
  const end = relay.subscribe((event, data) => {
    isBehind ||= response.writableLength > BEHIND_BYTES;
    if (!isBehind) send(event, data);
  });
  relay.replay(send);
  response.on('drain', () => {
    if (isBehind) relay.replay(send);
    isBehind = false;
  });
  const keepAlive = setInterval(() => {
    if (isBehind) response.destroy();
    else if (!response.writableEnded) response.write(': still here\n\n');
  }, KEEP_ALIVE_MS);
  onceClosed(response, () => {
    clearInterval(keepAlive);
    end();
  });
}
