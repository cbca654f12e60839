import { Agent } from 'node:https';
import { jsonBody } from '@gridclock/service-kit';
import axios from 'axios';
import pWaitFor from 'p-wait-for';
import { z } from 'zod';
import type { Project } from '../docker/project.ts';

/** The path in the container of Caddy's own root certificate. */
const ROOT_CERTIFICATE = '/data/caddy/pki/authorities/local/root.crt';

/** Caddy creates its certificates at startup. */
const READY_TIMEOUT_MS = 30_000;

export type HttpResponse = {
  status: number;
  /** Empty unless the body is a JSON object. */
  body: Record<string, unknown>;
};

export type HttpsClient = (
  method: 'GET' | 'POST',
  path: string,
  request?: { body?: unknown; token?: string },
) => Promise<HttpResponse>;

/**
 * Creates a client of a proxy that trusts only the proxy's own certificate authority.
 *
 * @param service the proxy's service
 * @param url where the proxy is published
 */
export async function createHttpsClient(
  project: Project,
  service: string,
  url: string,
): Promise<HttpsClient> {
  const id = await project.containerOf(service);
  let ca = '';
  const hasCertificate = async () => {
    ca = await project.docker('exec', id, 'cat', ROOT_CERTIFICATE).catch(() => '');
    return ca.includes('BEGIN CERTIFICATE');
  };
  await pWaitFor(hasCertificate, { interval: 250, timeout: READY_TIMEOUT_MS });
  const http = axios.create({
    baseURL: url,
    httpsAgent: new Agent({ ca }),
    validateStatus: () => true,
    proxy: false,
    timeout: 10_000,
    // 8 MiB, as for every client of the services.
    maxContentLength: 8 * 1024 * 1024,
  });
  const send: HttpsClient = async (method, path, { body, token } = {}) => {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const { data, status } = await http.request<unknown>({
      method,
      url: path,
      data: body === undefined ? undefined : jsonBody(body),
      headers,
    });
    return { status, body: z.record(z.string(), z.unknown()).safeParse(data).data ?? {} };
  };
  const isReady = () =>
    send('GET', '/').then(
      () => true,
      () => false,
    );
  await pWaitFor(isReady, { interval: 250, timeout: READY_TIMEOUT_MS });
  return send;
}
