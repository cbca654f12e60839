import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Histogram, Registry } from 'prom-client';
import { BadRequestError, HttpError } from './errors.ts';
import type { Logger } from './logger.ts';
import { createRequestHistogram } from './metrics.ts';

export type ServiceAppOptions = {
  service: string;
  logger: Logger;
  registry: Registry;
  /** The service's own routes. */
  routes: Router;
  /** The largest JSON body accepted, in bytes, unless a route has parsed its own. */
  bodyLimitBytes?: number;
  /** Why the service cannot do its work yet, or undefined when it can. Asked by `GET /ready`. */
  notReady?: () => string | undefined;
  /** How many proxies in front tell a client's address in `X-Forwarded-For`; none unless given. */
  trustedProxies?: number;
};

/** 64 KiB: a charging request has about 100 bytes. */
const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;

/**
 * The frame that every service shares: JSON bodies, `GET /health` (alive), `GET /ready` (able to work),
 * `GET /metrics`, a JSON 404, and one place where errors become answers. It never listens.
 */
export function createServiceApp(options: ServiceAppOptions): Express {
  const { service, logger, registry, routes, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES } = options;
  const app = express();
  app.disable('etag');
  app.set('trust proxy', options.trustedProxies ?? 0);
  app.use(protectBrowsers);
  app.use(measureRequests(createRequestHistogram(registry)));
  app.get('/health', (_request, response) => {
    response.json({ status: 'healthy', service, timestamp: new Date().toISOString() });
  });
  app.get('/ready', (_request, response) => {
    const reason = options.notReady?.();
    if (reason === undefined) response.json({ status: 'ready', service });
    else response.status(503).json({ error: 'Not ready', reason, service });
  });
  app.get('/metrics', async (_request, response) => {
    const text = await registry.metrics();
    // Set as it is: Prometheus 3 fails a scrape whose Content-Type it does not know.
    response.setHeader('Content-Type', registry.contentType);
    response.end(text);
  });
  app.use(parseJson(bodyLimitBytes));
  app.use(routes);
  app.use((request, response) => {
    response.status(404).json({ error: 'Not found', method: request.method, path: request.path });
  });
  app.use(answerErrors(logger));
  return app;
}

/** No answer is a page: a browser that is led to one may show, run and embed nothing of it. */
const protectBrowsers = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  // Said by whoever speaks TLS, which is a proxy in front.
  strictTransportSecurity: false,
});

/** Reads a JSON object or array of at most `limitBytes` into `request.body`. A body read before is left alone. */
export function parseJson(limitBytes: number): RequestHandler {
  return express.json({ limit: limitBytes, strict: true });
}

function measureRequests(histogram: Histogram<'method' | 'route' | 'status'>): RequestHandler {
  return (request, response, next) => {
    const stop = histogram.startTimer();
    response.on('finish', () => {
      // The pattern, not the path: paths hold keys and ids, and would make a series each.
      const route: unknown = request.route?.path;
      stop({
        method: request.method,
        route: typeof route === 'string' ? route : 'unmatched',
        status: String(response.statusCode),
      });
    });
    next();
  };
}

function answerErrors(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const known = error instanceof HttpError ? error : bodyParserError(error);
    const status = known?.status ?? 500;
    const where = { method: request.method, path: request.path, status };
    if (known === undefined) logger.error({ err: error, ...where }, 'request failed');
    // Meant so, and told to the client in full: a trace would make it look like a fault.
    else if (status >= 500) logger.info({ reason: known.message, ...where }, 'request refused');
    response
      .status(status)
      .set(known?.headers ?? {})
      .json(known?.body ?? { error: 'Internal server error' });
  };
}

/** What body-parser and the router refuse, said with our words and a field. */
function bodyParserError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (error instanceof URIError) return new BadRequestError('path', 'is not a valid URL', status);
  const type = 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.parse.failed':
      return new BadRequestError('body', 'is not valid JSON: an object is expected', status);
    case 'entity.too.large':
      return new BadRequestError(
        'body',
        'is too large',
        status,
        'limit' in error ? { limit_bytes: error.limit } : {},
      );
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new BadRequestError('body', 'has an unsupported encoding', status);
    default:
      return new BadRequestError('body', 'could not be read', status);
  }
}
