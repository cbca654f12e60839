import { createHttpClient, type ServiceTls, transportFailure } from '@gridclock/service-kit';
import type { AxiosResponse } from 'axios';
import { MAX_KEY_RESPONSE_BYTES } from './limits.ts';
import { CausalClient as PortableClient } from './session-client/causal-client.ts';
import { fetchTransport, retryAfterOf } from './session-client/fetch-transport.ts';
import type { CausalClientOptions as PortableOptions } from './session-client/options.ts';
import { type Transport, TransportError } from './session-client/transport.ts';

export { InvalidResponseError, StoreError, UnreachableError } from './session-client/errors.ts';
export type { CallOptions, WriteOptions } from './session-client/options.ts';
export type { Reading } from './session-client/responses.ts';

export type CausalClientOptions = Pick<PortableOptions, 'nodes' | 'waitMs' | 'context'> & {
  /** For nodes with TLS: the authorities that the client trusts. */
  tls?: ServiceTls | undefined;
};

/** 35 s: the longest wait that a node accepts, and 5 s to send the request and the response on a busy machine. */
const TIMEOUT_MS = 35_000;

/**
 * The client of this repository's tools and tests. It sends its requests as the services do, with TLS where they have
 * it, and asks each node once: a tool shows a failure instead of hiding it.
 */
export class CausalClient extends PortableClient {
  constructor({ tls, ...options }: CausalClientOptions) {
    super({ ...options, timeoutMs: TIMEOUT_MS, retry: { rounds: 0 }, transport: serviceTransport(tls) });
  }
}

function serviceTransport(tls: ServiceTls | undefined): Transport {
  const http = createHttpClient({
    timeoutMs: TIMEOUT_MS,
    maxResponseBytes: MAX_KEY_RESPONSE_BYTES,
    tls: tls && { tls },
  });
  return {
    stream: fetchTransport().stream,
    request: async ({ method, url, body, headers = {}, signal }) => {
      const response = await http
        .request<unknown>({
          ...{ method, url, headers, signal },
          ...(body === undefined ? {} : { data: body }),
          responseType: 'text',
          // The client parses the text itself.
          transformResponse: (text: unknown) => text,
        })
        .catch((error: unknown) => {
          const { kind, reason } = transportFailure(error);
          throw new TransportError(reason, kind);
        });
      return { status: response.status, text: textOf(response), retryAfterMs: retryAfterIn(response) };
    },
  };
}

function textOf({ data }: AxiosResponse<unknown>): string {
  return typeof data === 'string' ? data : '';
}

function retryAfterIn({ headers }: AxiosResponse<unknown>): number | undefined {
  const header: unknown = headers['retry-after'];
  return typeof header === 'string' ? retryAfterOf(header) : undefined;
}
