import { NoResponseError } from '../outbound/no-response-error.ts';
import type { ServiceResponse } from '../outbound/received-response.ts';
import type { Span, SpanAttributes, Tracing } from './tracing.ts';

/**
 * Sends a request to another service as a span of the current trace, which continues there. Without a trace, as for
 * polls and heartbeats, it only sends the request.
 *
 * @param url absolute
 * @param send sends the request with further headers
 */
export async function traceRequest(
  tracing: Tracing,
  method: string,
  url: string,
  send: (headers: Record<string, string>) => Promise<ServiceResponse>,
): Promise<ServiceResponse> {
  const current = tracing.current();
  if (current === undefined) return send({});
  const isStarted = current.kind === 'client';
  const span = isStarted ? current : tracing.start(method, { kind: 'client' });
  span.set(requestAttributes(method, url));
  try {
    const response = await send(tracing.headersOf(span));
    const { status } = response;
    span.set({ 'http.response.status_code': status });
    if (!isStarted) finish(span, status >= 400 ? String(status) : undefined);
    return response;
  } catch (error) {
    const code = error instanceof NoResponseError ? error.code : 'unknown';
    if (isStarted) span.set({ 'error.type': code });
    else finish(span, code);
    throw error;
  }
}

function finish(span: Span, failure: string | undefined): void {
  if (failure !== undefined) span.set({ 'error.type': failure });
  span.end(failure);
}

function requestAttributes(method: string, url: string): SpanAttributes {
  const { hostname, port, protocol } = new URL(url);
  return {
    'http.request.method': method,
    'url.full': url,
    'server.address': hostname,
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
  };
}
