import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import type { Registry } from 'prom-client';
import { refuseCrossOrigin } from '../browsers/cross-origin.ts';
import { requireKnownHost } from '../browsers/known-host.ts';
import { admitBodies } from '../door/body-admission.ts';
import { discardBodyAndClose, hasLongUnreadBody } from '../door/unread-body.ts';
import { throwHotFailure } from '../hot/hot-failure.ts';
import { addHotRoutes, notePassed } from '../hot/hot-listener.ts';
import type { HotRoute } from '../hot/hot-route.ts';
import { checkRequest, type RequestCheck } from '../input/check-request.ts';
import { jsonBody } from '../input/json-body.ts';
import { BadRequestError, HttpError } from '../problems/errors.ts';
import { completeProblems, loggedIds } from '../problems/problem.ts';
import type { Logger } from '../process/logger.ts';
import { recordArrival } from './deadline.ts';
import {
  answerOptions,
  DEFAULT_URL_LIMIT_BYTES,
  limitUrl,
  refuseUnrouted,
  refuseUnroutedBody,
  requireJsonAccepted,
  requireJsonBody,
} from './http-manners.ts';
import { measureRequests } from './measure-requests.ts';
import { identifyRequest } from './request-id.ts';
import { createRequestRecorder } from './request-recorder.ts';
import { setSecurityHeaders } from './security-headers.ts';

type ServiceAppOptions = {
  service: string;
  logger: Logger;
  registry: Registry;
  /** The service's own routes. */
  routes: Router;
  /** The ordinary cases of some of the routes, served in front of the app. */
  hotRoutes?: readonly HotRoute[];
  /** The maximum size of a JSON body, in bytes. */
  bodyLimitBytes?: number;
  /** Called before a body is read: the place for tokens and rate limits. */
  beforeBody?: RequestHandler;
  /** Limits the bodies in progress; by default to 16 MiB. */
  admitBody?: RequestHandler;
  /** Returns why `GET /ready` must respond 503, or undefined if the service is ready. */
  notReady?: () => string | undefined | Promise<string | undefined>;
  /** The longest URL, in bytes. */
  urlLimitBytes?: number;
  /** Host names of the service, beside private ones and the variable ALLOWED_HOSTS. */
  hosts?: readonly string[];
  /** The media types of paths that respond with another one than JSON. */
  otherTypes?: Readonly<Record<string, string>>;
  /** The number of proxies in front that append to `X-Forwarded-For`; 0 by default. */
  trustedProxies?: number;
};

/** 64 KiB: a charge request has about 100 bytes. */
export const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;

/** 16 MiB: a sixteenth of a small container, and 250 of the largest bodies. Unread, a waiting request holds 64 KiB. */
export const BODIES = {
  name: 'bodies',
  limits: { count: 10_000, bytes: 16 * 1024 * 1024 },
  queue: 100,
  waitMs: 2_000,
};

/**
 * Creates a service's app: JSON bodies, `GET /health` (liveness), `GET /ready` (readiness), `GET /metrics`,
 * the service's routes, a JSON 404, and one handler that maps errors to responses. It does not listen.
 */
export function createServiceApp(options: ServiceAppOptions): Express {
  const { service, logger, registry, routes, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES } = options;
  const app = express();
  const record = createRequestRecorder(registry, logger);
  app.disable('etag');
  app.disable('x-powered-by');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('trust proxy', options.trustedProxies ?? 0);
  completeProblems(app);
  app.use(
    checkRequest(
      recordArrival,
      identifyRequest,
      (_request, response) => setSecurityHeaders(response),
      measureRequests(record),
      throwHotFailure,
      limitUrl(options.urlLimitBytes ?? DEFAULT_URL_LIMIT_BYTES),
      requireKnownHost(options.hosts),
      refuseCrossOrigin,
    ),
  );
  app.use(answerOptions(app));
  app.get('/health', (_request, response) => {
    response.json({ status: 'healthy', service, timestamp: new Date().toISOString() });
  });
  app.get('/ready', async (_request, response) => {
    const reason = await options.notReady?.();
    if (reason === undefined) response.json({ status: 'ready', service });
    else response.status(503).json({ error: 'Not ready', reason, service });
  });
  app.get('/metrics', async (request, response) => {
    const text = await formatMetrics(registry, request.query['name[]']);
    // Not `response.type`, which changes the value: Prometheus 3 rejects an unknown Content-Type.
    response.setHeader('Content-Type', registry.contentType);
    response.end(text);
  });
  app.use(
    checkRequest(
      rejectMalformedQuery,
      refuseUnroutedBody(app),
      requireJsonAccepted(options.otherTypes ?? {}),
      requireJsonBody,
    ),
  );
  if (options.beforeBody !== undefined) app.use(options.beforeBody);
  app.use(options.admitBody ?? admitBodies({ ...BODIES, largestBytes: bodyLimitBytes }));
  app.use(jsonBody(bodyLimitBytes));
  app.use(notePassed);
  app.use(routes);
  app.use(refuseUnrouted(app));
  app.use(sendErrors(logger));
  addHotRoutes(app, options.hotRoutes ?? [], record);
  return app;
}

/**
 * Formats all metrics or, for `?name[]=a&name[]=b`, only those named, as Prometheus' Java client does. A poller that
 * reads a few metrics every second saves most of the cost of a page.
 */
async function formatMetrics(registry: Registry, names: unknown): Promise<string> {
  if (names === undefined) return registry.metrics();
  const wanted = new Set([names].flat());
  // Not `getSingleMetric`, which finds something under the name `__proto__` too.
  const known = registry.getMetricsAsArray().filter(({ name }) => wanted.has(name));
  const texts = await Promise.all(known.map(({ name }) => registry.getSingleMetricAsString(name)));
  return texts.map((text) => `${text}\n`).join('');
}

/** Express decodes invalid escapes such as `%FF` to replacement characters, so that two keys would become one. */
const rejectMalformedQuery: RequestCheck = (request) => {
  const { url } = request;
  if (!url.includes('?')) return;
  const [, query = ''] = url.split('?', 2);
  try {
    decodeURIComponent(query);
  } catch {
    throw new BadRequestError('query', 'is not valid percent-encoded UTF-8');
  }
};

function sendErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = error instanceof HttpError ? error : expressError(error);
    // The request was answered before its body had arrived, and the parser has noticed that it will not.
    if (response.writableEnded && known !== undefined) return;
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = known?.status ?? 500;
    if (hasLongUnreadBody(request)) discardBodyAndClose(request, response);
    response
      .status(status)
      .set(known?.headers ?? {})
      .json(known?.body ?? { error: 'Internal server error' });
    const where = { method: request.method, path: request.path, status, ...loggedIds(response) };
    if (known === undefined) logger.error({ err: error, ...where }, 'request failed');
    // Deliberate 5xx: no stack trace in the log.
    else if (status >= 500) logger.info({ reason: known.message, ...where }, 'request rejected');
  };
}

/** Maps an error of body-parser or the router to a BadRequestError. */
function expressError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (error instanceof URIError) return new BadRequestError('path', 'is not a valid URL', status);
  const type = 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.too.large':
      return new BadRequestError(
        'body',
        'is too large',
        status,
        'limit' in error ? { limit_bytes: error.limit } : {},
      );
    case 'encoding.unsupported':
      return new BadRequestError('body', 'has an unsupported encoding', status);
    default:
      return new BadRequestError('body', 'could not be read', status);
  }
}
