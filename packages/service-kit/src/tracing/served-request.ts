import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import type { HotPathOf } from './tracing.ts';

/** Probes, scrapes, heartbeats and live pages come all the time, and belong to nobody's request. */
const untraced = /^\/(health|ready|metrics|ui|ui\/.*)?(\?.*)?$/;

/** Reports whether a request gets a span. */
export function isTraced({ url = '' }: IncomingMessage): boolean {
  return !untraced.test(url);
}

/** Returns what is known of a request as it arrives, named by OpenTelemetry's semantic conventions. */
export function servedAttributes({
  headers,
  httpVersion,
  method = '',
  socket,
  url = '',
}: IncomingMessage): Attributes {
  return {
    'http.request.method': method,
    'url.path': url.split('?', 1)[0] ?? '',
    'url.scheme': 'encrypted' in socket ? 'https' : 'http',
    'network.protocol.version': httpVersion,
    ...addressOf(headers.host),
  };
}

/** Ends the span of a request once its connection has its response, or is closed. */
export function finishServed(
  span: Span,
  request: IncomingMessage,
  response: ServerResponse,
  hotPathOf: HotPathOf,
): void {
  // Express adds the route that it has found; hot routes leave the request as it is.
  const { path: found }: { path?: unknown } = Object(Reflect.get(request, 'route'));
  const route = typeof found === 'string' ? found : hotPathOf(request);
  if (route !== undefined) {
    span.updateName(`${request.method} ${route}`);
    span.setAttribute('http.route', route);
  }
  if (response.headersSent) span.setAttribute('http.response.status_code', response.statusCode);
  if (!response.writableFinished) fail(span, 'client_left');
  else if (response.statusCode >= 500) fail(span, String(response.statusCode));
  span.end();
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Returns what the Host header names; nothing if it is no address. */
function addressOf(host: string | undefined): Attributes {
  const [, address, port] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(host ?? '') ?? [];
  if (address === undefined) return {};
  return { 'server.address': address, ...(port === undefined ? {} : { 'server.port': Number(port) }) };
}
