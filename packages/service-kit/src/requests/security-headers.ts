import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** Responses other than pages are data: forbid rendering, scripts and framing. */
const helmetHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  // A proxy in front terminates TLS and sets this header.
  strictTransportSecurity: false,
});

/**
 * Those that act on data: how a browser treats a response that another site embeds or opens. The other ones of Helmet
 * act on a page that is shown. Senders and receivers spend a few microseconds on each header of a message.
 */
const ofData: ReadonlySet<string> = new Set([
  'Content-Security-Policy',
  'Cross-Origin-Resource-Policy',
  'X-Content-Type-Options',
]);

const recorded = recordHeaders();

/** The headers of every response that protect browsers. */
export const securityHeaders: readonly (readonly [name: string, value: string])[] = recorded.filter(
  ([name]) => ofData.has(name),
);

/** Helmet's headers are the same for all requests, and its dozen functions take longer than a small request. */
function recordHeaders(): (readonly [name: string, value: string])[] {
  const headers = new Map<string, string>();
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  response.setHeader = (name, value) => {
    headers.set(name, String(value));
    return response;
  };
  helmetHandler(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return [...headers];
}

/** Sets the headers of every response that protect browsers. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
}

/** Adds the headers that protect a page that a browser shows. */
export function setPageHeaders(response: ServerResponse): void {
  for (const [name, value] of recorded) if (!ofData.has(name)) response.setHeader(name, value);
}
