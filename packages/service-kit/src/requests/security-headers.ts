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

/** Helmet's headers are the same for all requests, and its dozen functions take longer than a small request. */
const headers = recordHeaders();

function recordHeaders(): ReadonlyMap<string, string> {
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
  for (const [name, value] of headers) response.setHeader(name, value);
}
