import { MAX_KEY_RESPONSE_BYTES } from '../limits.ts';
import { readText } from './read-text.ts';
import { type Transport, TransportError, type TransportRequest } from './transport.ts';

/** Codes of Node.js' fetch for requests that never had a connection. In other runtimes, every failure is ambiguous. */
const refusedCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Sends requests with `fetch`, in Node.js and in browsers. */
export function fetchTransport(send: typeof fetch = globalThis.fetch): Transport {
  const exchange = async ({ method, url, body, headers, signal }: TransportRequest) => {
    try {
      return await send(url, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body }),
        signal,
        // Nodes do not redirect: another server does, which must not receive the session's context.
        redirect: 'error',
      });
    } catch (error) {
      throw asTransportError(error, signal);
    }
  };
  return {
    request: async (request) => {
      const response = await exchange(request);
      const text = await readText(chunksOf(response, request.signal), MAX_KEY_RESPONSE_BYTES);
      const retryAfterMs = retryAfterOf(response.headers.get('retry-after'));
      return { status: response.status, text, retryAfterMs };
    },
    stream: async (request) => {
      const response = await exchange(request);
      return { status: response.status, chunks: chunksOf(response, request.signal) };
    },
  };
}

/**
 * Reads with a reader: browsers' streams are not all iterable.
 *
 * The signal cancels the reader, too: before Node.js 24, `fetch` forgets its signal if garbage is collected after the
 * response's headers.
 */
async function* chunksOf({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  // Closes the connection of a stream that is not read to its end. It may have failed already.
  const cancel = () => reader.cancel().catch(() => {});
  const read = async () => {
    try {
      const part = await reader.read();
      // A reader that was cancelled reports an end.
      signal.throwIfAborted();
      return part;
    } catch (error) {
      throw asTransportError(error, signal);
    }
  };
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) await cancel();
  try {
    for (let part = await read(); !part.done; part = await read()) yield part.value;
  } finally {
    signal.removeEventListener('abort', cancel);
    await cancel();
  }
}

/** Parses `Retry-After` in seconds; nodes send no dates. */
export function retryAfterOf(header: string | null | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

function asTransportError(error: unknown, signal: AbortSignal): TransportError {
  if (error instanceof TransportError) return error;
  if (signal.aborted) return new TransportError('given up', 'ambiguous');
  const code = codeOf(error);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return new TransportError(reason, code !== undefined && refusedCodes.has(code) ? 'refused' : 'ambiguous');
}

/** `fetch` wraps the error of the socket; several addresses that all failed are a group of errors. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { cause } = error;
  const origin = cause instanceof AggregateError ? cause.errors[0] : (cause ?? error);
  if (typeof origin !== 'object' || origin === null || !('code' in origin)) return undefined;
  return typeof origin.code === 'string' ? origin.code : undefined;
}
