import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** Responses are never HTML: forbid rendering, scripts and framing. */
const helmetHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  // A proxy in front terminates TLS and sets this header.
  strictTransportSecurity: false,
});

/**
 * The headers that protect browsers. Helmet's are the same for all requests, and its dozen functions take longer than a
 * small request.
 */
export const securityHeaders: ReadonlyMap<string, string> = recordHeaders();

function recordHeaders(): Map<string, string> {
  const recorded = new Map<string, string>();
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  response.setHeader = (name, value) => {
    recorded.set(name, String(value));
    return response;
  };
  helmetHandler(request, response, (error) => {
    if (error !== undefined) throw error;
  });
  return recorded;
}

/** Sets the headers that protect browsers. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
}
