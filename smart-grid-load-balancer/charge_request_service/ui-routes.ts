import {
  createRouter,
  isFromPageOnThisHost,
  leaveFrontDoor,
  onceClosed,
  REQUEST_ID_HEADER,
  requestIdOf,
  StreamBudget,
} from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { type Page, pageRoutes } from '@gridclock/ui-kit/pages';
import type { Request, Response, Router } from 'express';
import type { BalancerClient } from './balancer-client.ts';
import type { BalancerResult } from './balancer-result.ts';
import { LiveRelay } from './live-relay.ts';

/** The live page, which runs in the browser. */
const page: Page = {
  name: 'grid',
  title: 'Gridclock · charging grid',
  entry: new URL('../live_page/main.tsx', import.meta.url),
};

/** The media types of the page's paths, beside JSON. */
export const PAGE_TYPES = { '/': 'text/html', '/ui': 'text/html', '/ui/events': 'text/event-stream' };

/** 20 pages, as for the store: a class at one projector, or each student at a laptop. */
export const PAGE_STREAMS = 20;

/** 4 MiB unsent for all pages together: 20 times the largest answer of the balancer. */
const STREAMS = { streams: PAGE_STREAMS, unsentBytes: 4 * 1024 * 1024 };

/** 256 KiB unsent: a page that is this far behind skips states until it reads again. */
const BEHIND_BYTES = 256 * 1024;

/** 15 s: proxies close streams that are idle for 30 s or more; a page that is still behind then has left. */
const CHECK_MS = 15_000;

export type UiRoutesOptions = {
  balancer: Pick<BalancerClient, 'call' | 'put'>;
  scheduler: Scheduler;
  /** Sends the balancer's response, or a 503 if there is none. */
  relay: (response: Response, result: BalancerResult) => void;
};

/**
 * The live page: `GET /ui`. Its data: `GET /ui/events`, a stream of what the grid does;
 * `PUT /ui/policy` changes the balancer's policy.
 */
export function uiRoutes({ balancer, relay, scheduler }: UiRoutesOptions): Router {
  const live = new LiveRelay({
    read: (since) => balancer.call('GET', `/live?since=${since}`, {}),
    scheduler,
  });
  const budget = new StreamBudget(STREAMS);
  const router = createRouter();
  router.use(pageRoutes('/ui', page));
  router.get('/ui/events', (request, response) => {
    budget.open(response);
    leaveFrontDoor(response);
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      // Nginx would buffer the stream.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') response.end();
    else stream(live, response, budget);
  });
  router.put('/ui/policy', async (request, response) => {
    relay(response, await balancer.put('/policy', request.body, headersOf(request, response)));
  });
  return router;
}

/** Streams what the grid does, as fast as the client reads. */
function stream(live: LiveRelay, response: Response, budget: StreamBudget): void {
  const end = live.subscribe((event, data) => {
    if (response.writableEnded || response.destroyed || response.writableLength > BEHIND_BYTES) return;
    budget.write(response, `event: ${event}\ndata: ${data}\n\n`);
  });
  const check = setInterval(() => {
    if (response.writableLength > BEHIND_BYTES) response.destroy();
  }, CHECK_MS);
  onceClosed(response, () => {
    clearInterval(check);
    end();
  });
}

/** The balancer trusts clients on its own host; a browser that is elsewhere must not look like one. */
function headersOf(request: Request, response: Response): Record<string, string> {
  const authorization = request.get('authorization');
  return {
    [REQUEST_ID_HEADER]: requestIdOf(response),
    ...(authorization === undefined ? {} : { authorization }),
    ...(isFromPageOnThisHost(request)
      ? {}
      : { 'x-forwarded-for': request.socket.remoteAddress ?? 'unknown' }),
  };
}
