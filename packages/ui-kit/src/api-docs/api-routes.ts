import { createRouter, VERSION } from '@gridclock/service-kit';
import type { Router } from 'express';
import { type Page, pageRoutes, prefersPage } from '../pages/page-routes.ts';

/** The page that shows the document of the service that it comes from. */
const page: Page = {
  name: 'docs',
  title: 'Gridclock · API',
  entry: new URL('../api-page/main.tsx', import.meta.url),
  withoutScript:
    'This page needs JavaScript. <a href="./openapi.json">The document that it shows</a> is JSON.',
};

/** The media types of the paths of a document, beside JSON. */
export const DOCS_TYPES = { '/docs': 'text/html' };

/**
 * `GET /openapi.json`, and `GET /docs`, which shows it.
 *
 * @param describe builds the document. Called at the first request, so that a service that nobody asks does not even
 *   load its description; the text is kept.
 */
export function apiRoutes(describe: (version: string) => Promise<object>): Router {
  let built: Promise<string> | undefined;
  const text = () => {
    built ??= describe(VERSION)
      .then((document) => JSON.stringify(document))
      .catch((error: unknown) => {
        // The next request tries again.
        built = undefined;
        throw error;
      });
    return built;
  };
  const router = createRouter();
  router.get('/openapi.json', async (_request, response) => {
    response
      .set('Cache-Control', 'no-cache')
      .type('json')
      .send(await text());
  });
  router.use(pageRoutes('/docs', page));
  return router;
}

/**
 * `GET /` of a service that has nothing else there: what it is, as JSON. It leads a browser to a page.
 *
 * @param pagePath relative, so that a proxy may serve the service below another path
 */
export function indexRoute(service: string, pagePath: string): Router {
  const router = createRouter();
  router.get('/', (request, response) => {
    response.vary('Accept');
    if (prefersPage(request)) response.redirect(pagePath);
    else response.json({ service, version: VERSION, openapi: '/openapi.json', docs: '/docs' });
  });
  return router;
}
