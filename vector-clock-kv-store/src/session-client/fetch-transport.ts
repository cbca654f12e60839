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
      return { status: response.status, text, retryAfterMs: retryAfterIn(response) };
    },
    stream: async (request) => {
      const response = await exchange(request);
      const { headers, status } = response;
      return {
        status,
        chunks: chunksOf(response, request.signal),
        type: headers.get('content-type') ?? 'nothing',
        retryAfterMs: retryAfterIn(response),
      };
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

function retryAfterIn({ headers }: Response): number | undefined {
  return retryAfterOf(headers.get('retry-after'));
}

/** Parses `Retry-After` in seconds; nodes send no dates. */
export function retryAfterOf(header: string | null | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

function asTransportError(error: unknown, signal: AbortSignal): TransportError {
  if (error instanceof TransportError) return error;
  if (signal.aborted) return new TransportError('given up', 'ambiguous');
  const code = codeOf(error);
  const reason = code ?? messageOf(error);
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

/** The message of `fetch` is always "fetch failed"; its cause says why, such as "unexpected redirect". */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
