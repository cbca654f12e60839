import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Express, request as expressRequest, type RequestHandler } from 'express';
import { parseExactJson } from '../input/json-body.ts';
import { idsOf } from '../problems/problem.ts';
import { clientLeft, hasClosed } from '../requests/client-left.ts';
import { headerIn } from '../requests/json-exchange.ts';
import { chooseId, REQUEST_ID_HEADER } from '../requests/request-id.ts';
import type { RequestRecorder } from '../requests/request-recorder.ts';
import { onceClosed } from '../requests/response-closed.ts';
import { recordHotFailure } from './hot-failure.ts';
import { formatResponse, sendFormatted } from './hot-response.ts';
import type { HotLimit, HotRequest, HotResponse, HotRoute } from './hot-route.ts';
import { OrdinaryRequests } from './ordinary-requests.ts';
import { TurnEnd } from './turn-end.ts';

/** 8 KiB: 16 MiB with the most requests that a front door admits at once. */
const BODY_BYTES = 8 * 1024;

const listeners = new WeakMap<Express, RequestListener>();

const entriesOf = new WeakMap<Express, Entries>();

/** What to call once a request has passed all checks of its app. */
const onPassed = new WeakMap<IncomingMessage, () => void>();

type Entry = { route: HotRoute; ordinary: OrdinaryRequests };

/** By method and path. */
type Entries = ReadonlyMap<string, Entry>;

/** Returns what handles the requests of an app: its hot routes, then the app itself. */
export function listenerOf(app: Express): RequestListener {
  return listeners.get(app) ?? app;
}

/** Returns the path of the hot route for a request, whether that or the app serves it; undefined if it has none. */
export function hotPathOf(app: Express, request: IncomingMessage): string | undefined {
  return findEntry(entriesOf.get(app) ?? new Map(), request)?.route.path;
}

function findEntry(entries: Entries, { method, url = '' }: IncomingMessage): Entry | undefined {
  const queryAt = url.indexOf('?');
  return entries.get(`${method} ${queryAt === -1 ? url : url.slice(0, queryAt)}`);
}

/** Notes that a request has passed all checks of the app. To be mounted behind them. */
export const notePassed: RequestHandler = (request, _response, next) => {
  onPassed.get(request)?.();
  next();
};

/**
 * Puts hot routes in front of an app, for what `listenerOf` returns.
 *
 * A hot route gets ordinary requests only, and only once the app has let one with the same headers pass. A body must
 * be small and have arrived with the headers: slow ones are for the app's limits.
 */
export function addHotRoutes(app: Express, routes: readonly HotRoute[], record: RequestRecorder): void {
  const entries = new Map(
    routes.map((route): [string, Entry] => [
      `${route.method} ${route.path}`,
      { route, ordinary: new OrdinaryRequests(route.headers ?? []) },
    ]),
  );
  const turnEnd = new TurnEnd();
  const serve = ({ route }: Entry, request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request;
    const { path } = route;
    const id = chooseId(request.headers[REQUEST_ID_HEADER]);
    const seen: HotRequest = {
      query: url.slice(path.length + 1),
      body: undefined,
      bytes: undefined,
      message: request,
      headers: request.headers,
      header: (name) => headerIn(request.headers, name),
      id,
      receivedAt: performance.now(),
      left: () => clientLeft(response),
      hasLeft: () => hasClosed(response),
    };
    const count = countOf(route, request, app);
    turnEnd.handling();
    const served = count === undefined ? undefined : attempt(route, request, seen);
    if (served === undefined) {
      app(request, response);
      return;
    }
    const limitHeaders = count?.() ?? {};
    const { receivedAt: startedAt } = seen;
    let idInBody: unknown;
    let recorded = false;
    let answered = false;
    const recordAs = (status: number | undefined) => {
      if (recorded) return;
      recorded = true;
      record({ method, path, route: path, status, startedAt, ids: () => idsOf(id, idInBody) });
    };
    const send = (result: HotResponse | undefined) => {
      if (result === undefined || hasClosed(response)) {
        recordAs(undefined);
        return;
      }
      answered = true;
      const formatted = formatResponse(result, id, request.headers, limitHeaders);
      idInBody = formatted.idInBody;
      sendFormatted(response, formatted);
      if (hasBegun(response)) recordAs(result.status);
      else onceClosed(response, () => recordAs(hasBegun(response) ? result.status : undefined));
    };
    const fail = (error: unknown) => {
      answered = true;
      recordHotFailure(request, { error, startedAt, route: path, recorded });
      // What the route has sent to others under this id is found by it.
      request.headers[REQUEST_ID_HEADER] = id;
      for (const [name, value] of Object.entries(limitHeaders)) response.setHeader(name, value);
      app(request, response);
    };
    const trySend = (result: HotResponse | undefined) => {
      try {
        send(result);
      } catch (error) {
        fail(error);
      }
    };
    if (served instanceof Promise) {
      // Counted when the client leaves, as by the app: what the route has begun may go on for a minute.
      onceClosed(response, () => {
        if (!answered) recordAs(undefined);
      });
      served.then((result) => turnEnd.add(() => trySend(result)), fail);
    } else trySend(served);
  };
  entriesOf.set(app, entries);
  listeners.set(app, (request, response) => {
    const entry = findEntry(entries, request);
    if (entry === undefined || !isOrdinary(entry, request)) app(request, response);
    else if (hasArrived(request)) serve(entry, request, response);
    // What has arrived with the headers is parsed before the next tick.
    else
      process.nextTick(() => {
        if (hasArrived(request)) serve(entry, request, response);
        // The rest of what the connection has received is read in this turn of the event loop.
        else
          setImmediate(() => {
            if (hasArrived(request)) serve(entry, request, response);
            else app(request, response);
          });
      });
  });
}

function hasArrived({ complete, method }: IncomingMessage): boolean {
  return method === 'GET' || complete;
}

/** Reports whether the app has let a request with the same headers pass. If not, it may do so now. */
function isOrdinary({ ordinary, route }: Entry, request: IncomingMessage): boolean {
  const fingerprint = ordinary.fingerprintOf(request);
  if (fingerprint === undefined) return false;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > 0 !== (route.method === 'POST')) return false;
  if (!ordinary.hasPassed(fingerprint)) {
    onPassed.set(request, () => ordinary.remember(fingerprint));
    return false;
  }
  return length <= (route.bodyBytes ?? BODY_BYTES) && (route.admits?.(request) ?? true);
}

/** No limit, so no headers of one. */
const uncounted = () => ({});

/** Returns what counts a request on the app's rate limit, for its headers; undefined if the app must refuse it. */
function countOf(
  { limit }: HotRoute,
  { headers, socket }: IncomingMessage,
  app: Express,
): ReturnType<HotLimit> {
  if (limit === undefined) return uncounted;
  // As Express finds it, by the proxies that the app trusts.
  const address: unknown = Reflect.get(expressRequest, 'ip', { app, headers, socket });
  return typeof address === 'string' ? limit(address) : undefined;
}

/** Begins to serve a request. Returns undefined if the app must do it; then the request is as it was. */
function attempt(route: HotRoute, request: IncomingMessage, seen: HotRequest) {
  const bytes: unknown = route.method === 'POST' ? request.read() : undefined;
  let served: ReturnType<HotRoute['serve']>;
  try {
    seen.bytes = Buffer.isBuffer(bytes) ? bytes : undefined;
    seen.body = seen.bytes === undefined ? undefined : parseExactJson(seen.bytes);
    if (route.method === 'GET' || seen.body !== undefined) served = route.serve(seen);
  } catch {
    // The app finds the same fault, and says what it is.
  }
  if (served === undefined && Buffer.isBuffer(bytes)) request.unshift(bytes);
  return served;
}

/** Reports whether any of a response was sent: one behind another on its connection has no socket yet. */
function hasBegun({ socket, writableFinished }: ServerResponse): boolean {
  return socket !== null || writableFinished;
}
