import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createRouter, HttpError, setPageHeaders } from '@gridclock/service-kit';
import type { Request, Response, Router } from 'express';
import { loadBundle, type Page } from './load-bundle.ts';

export type { Page } from './load-bundle.ts';

/** A file as it is sent, with and without compression. */
type Asset = { type: string; plain: Buffer; compressed: Buffer };

type ServedPage = { html: string; assets: ReadonlyMap<string, Asset> };

/**
 * What a page may do: run its own script, use its own style sheet, and talk to the service that it comes from. No
 * inline script or style, no other host, no frame.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A year: the names of the files change with their content. */
const IMMUTABLE = 'private, max-age=31536000, immutable';

/**
 * Serves a page at a path, and its script and style sheet below it. The bundle is loaded once, at the first request.
 *
 * @param path such as `/ui`; the service's app has to offer `text/html` there (`otherTypes`)
 */
export function pageRoutes(path: string, page: Page): Router {
  let served: Promise<ServedPage> | undefined;
  const load = () => {
    served ??= servePage(path, page).catch((error: unknown) => {
      // The next request tries again.
      served = undefined;
      throw error;
    });
    return served;
  };
  const router = createRouter();
  router.get(path, async (_request, response) => {
    const { html } = await load();
    setPageHeaders(response);
    response.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).type('html').send(html);
  });
  router.get(`${path}/assets/:file`, async (request, response) => {
    const asset = (await load()).assets.get(request.params.file);
    // Such as that of an earlier release, whose page is still open.
    if (asset === undefined)
      throw new HttpError(404, 'Not found', { method: request.method, path: request.path });
    sendAsset(request, response, asset);
  });
  return router;
}

/** Whether a request prefers a page to JSON, as those that a person types into a browser's address bar. */
export function prefersPage(request: Request): boolean {
  return request.accepts(['application/json', 'text/html']) === 'text/html';
}

function sendAsset(request: Request, response: Response, { type, plain, compressed }: Asset): void {
  response.vary('Accept-Encoding').set('Cache-Control', IMMUTABLE).type(type);
  if (request.acceptsEncodings('gzip') === 'gzip') response.set('Content-Encoding', 'gzip').send(compressed);
  else response.send(plain);
}

async function servePage(path: string, page: Page): Promise<ServedPage> {
  const { script, style } = await loadBundle(page);
  const assets = new Map<string, Asset>();
  const add = async (text: string, ending: 'js' | 'css') => {
    const plain = Buffer.from(text);
    const name = `${createHash('sha256').update(plain).digest('hex').slice(0, 12)}.${ending}`;
    assets.set(name, { type: ending, plain, compressed: await promisify(gzip)(plain, { level: 9 }) });
    // Relative, so that a proxy may serve the page below another path.
    return `${path.slice(path.lastIndexOf('/') + 1)}/assets/${name}`;
  };
  const [scriptUrl, styleUrl] = await Promise.all([add(script, 'js'), add(style, 'css')]);
  return { html: pageHtml(page, scriptUrl, styleUrl), assets };
}

/** Two lanes and a message between them. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%230a62b5'/%3E%3Cpath d='M10 5v22M22 5v22M10 11l12 8' stroke='white' stroke-width='2.5'/%3E%3Ccircle cx='10' cy='11' r='4' fill='white'/%3E%3Ccircle cx='22' cy='19' r='4' fill='%23f5c152'/%3E%3C/svg%3E";

const NEEDS_SCRIPT =
  'This page draws what the nodes do, for which it needs JavaScript. <a href="./state">The node\'s state</a> is JSON.';

function pageHtml({ title, withoutScript = NEEDS_SCRIPT }: Page, script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="page"></div>
<noscript>${withoutScript}</noscript>
</body>
</html>
`;
}
