import type { Request } from 'express';
import type { RequestCheck } from '../input/check-request.ts';
import { HttpError } from '../problems/errors.ts';

/** The app setting with the origins whose pages may send requests that change something. */
export const TRUSTED_ORIGINS = 'trusted origins';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that change something and that a browser sends for a page of another origin.
 *
 * The rules are those of Go's http.CrossOriginProtection (1.25): browsers say so in `Sec-Fetch-Site`, older ones in
 * `Origin`; a request with neither comes from no browser. https://pkg.go.dev/net/http#CrossOriginProtection
 */
export const refuseCrossOrigin: RequestCheck = (request) => {
  if (safeMethods.has(request.method) || !isCrossOrigin(request)) return;
  throw new HttpError(
    403,
    'A page of another origin may not send this; add its origin to TRUSTED_ORIGINS if it may',
    {
      code: 'cross_origin',
    },
  );
};

function isCrossOrigin(request: Request): boolean {
  if (!isOfOtherOrigin(request)) return false;
  const origin = request.get('origin');
  const trusted: unknown = request.app.get(TRUSTED_ORIGINS);
  return origin === undefined || !Array.isArray(trusted) || !trusted.includes(origin);
}

/** Whether a browser sends a request for a page of another origin, also of a trusted one. */
export function isOfOtherOrigin(request: Request): boolean {
  const origin = request.get('origin');
  const site = request.get('sec-fetch-site');
  if (site !== undefined && site !== '') return site !== 'same-origin' && site !== 'none';
  if (origin === undefined || origin === '') return false;
  return hostOf(origin) !== request.headers.host?.toLowerCase();
}

/** The scheme is left out: a proxy in front may have ended TLS. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin)
    ? /^[a-z][a-z\d+.-]*:\/\/([^/?#@]+)$/i.exec(origin)?.[1]?.toLowerCase()
    : undefined;
}
