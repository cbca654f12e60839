import type { Certificates } from '@gridclock/local-service';
import { createHttpClient, jsonBody, openToolTls } from '@gridclock/service-kit';
import { z } from 'zod';
import type { HttpResponse } from './https-client.ts';

export type ServiceClient = (
  method: string,
  url: string,
  request?: { body?: unknown; token?: string | undefined },
) => Promise<HttpResponse>;

/**
 * Creates a client that calls services directly, not through a proxy, with TLS.
 *
 * @param service whose certificate it shows; undefined: none
 */
export function serviceClient(certificates: Certificates, service: string | undefined): ServiceClient {
  const tls = openToolTls(
    service === undefined
      ? { TLS_CA_FILE: certificates.path('operator', 'ca') }
      : certificates.variables(service),
  );
  const http = createHttpClient({ timeoutMs: 10_000, tls: tls && { tls } });
  return async (method, url, { body, token } = {}) => {
    const { data, status } = await http.request<unknown>({
      method,
      url,
      data: body === undefined ? undefined : jsonBody(body),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    return { status, body: z.record(z.string(), z.unknown()).safeParse(data).data ?? {} };
  };
}
