import { randomBytes } from 'node:crypto';
import {
  bearerOf,
  createLogger,
  createRegistry,
  createRouter,
  createServiceApp,
  HttpError,
  listen,
  Token,
  UnavailableError,
  validate,
} from '@gridclock/service-kit';
import { controlActions } from '@gridclock/ui-kit/live/states';
import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Suite } from './suite.ts';

/** The runner's control of its processes, which it lends to services for their live pages. */
export type ControlServer = {
  /**
   * Returns the variables that let a service control some processes, by a token of its own.
   *
   * @param names of the processes
   */
  grant: (names: readonly string[]) => Record<string, string>;
  stop: () => void;
};

type Grant = { token: Token; names: ReadonlySet<string> };

const actionSchema = z.object({
  action: z.enum(controlActions, `must be one of ${controlActions.join(', ')}`),
});

/**
 * Listens on a free port of 127.0.0.1, for this suite's services only.
 *
 * A token of 256 random bits says what its holder may control; it is passed on in the environment, which only this user
 * can read. Browsers are refused: pages ask their own service, which checks where they come from.
 *
 * @param suite undefined until it has started
 */
export async function startControlServer(suite: () => Suite | undefined): Promise<ControlServer> {
  const grants: Grant[] = [];
  const app = createServiceApp({
    service: 'suite_control',
    logger: createLogger('suite_control', 'silent'),
    registry: createRegistry(),
    routes: controlServerRoutes(suite, grants),
    // Before the body is read.
    beforeBody: (request, _response, next) => {
      grantOf(request, grants);
      next();
    },
  });
  const server = await listen(app, 0, '127.0.0.1');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the control server has no port');
  return {
    grant(names) {
      const token = randomBytes(32).toString('hex');
      grants.push({ token: Token.from(token), names: new Set(names) });
      return { SUITE_CONTROL_URL: `http://127.0.0.1:${address.port}`, SUITE_CONTROL_TOKEN: token };
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function controlServerRoutes(suite: () => Suite | undefined, grants: readonly Grant[]): Router {
  const router = createRouter();
  router.get('/services', (request, response) => {
    const { names } = grantOf(request, grants);
    response.json({
      services: started(suite)
        .list()
        .filter(({ name }) => names.has(name)),
    });
  });
  router.post('/services/:name', (request, response) => {
    const { name } = request.params;
    if (!grantOf(request, grants).names.has(name)) throw new HttpError(404, 'Not found', { service: name });
    const { action } = validate(actionSchema, request.body, 'body');
    started(suite).act(name, action);
    response.status(202).json({ name, action });
  });
  return router;
}

/** @throws HttpError 403 for a browser, 401 without a token */
function grantOf(request: Request, grants: readonly Grant[]): Grant {
  if (request.get('origin') !== undefined || request.get('sec-fetch-site') !== undefined)
    throw new HttpError(403, 'Forbidden', { reason: 'Pages ask their own service.' });
  const received = bearerOf(request);
  const grant = grants.find(({ token }) => received !== undefined && token.accepts(received));
  if (grant === undefined)
    throw new HttpError(
      401,
      'Authorization: a token of this suite is required',
      {},
      {
        'WWW-Authenticate': 'Bearer',
      },
    );
  return grant;
}

function started(suite: () => Suite | undefined): Suite {
  const running = suite();
  if (running === undefined) throw new UnavailableError('The suite is still starting');
  return running;
}
