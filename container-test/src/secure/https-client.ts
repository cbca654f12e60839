import { Agent, type RequestOptions, request } from 'node:https';
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
  request?: { body?: unknown; token?: string; headers?: Record<string, string> },
) => Promise<HttpResponse>;

/**
 * Creates a client of a proxy that trusts only the proxy's own certificate authority.
 *
 * @param service the proxy's service
 * @param url where the proxy is published
 * @param keepAlive whether to reuse connections. A proxy that loads its configuration again closes idle ones
 */
export async function createHttpsClient(
  project: Project,
  service: string,
  url: string,
  keepAlive = true,
): Promise<HttpsClient> {
  const id = await project.containerOf(service);
  let ca = '';
  const hasCertificate = async () => {
    ca = await project.docker('exec', id, 'cat', ROOT_CERTIFICATE).catch(() => '');
    return ca.includes('BEGIN CERTIFICATE');
  };
  await pWaitFor(hasCertificate, { interval: 250, timeout: READY_TIMEOUT_MS });
  // Otherwise, Node.js asks for a certificate of the name in a given Host header.
  const agent = new Agent({ ca, keepAlive, servername: new URL(url).hostname });
  const send: HttpsClient = async (method, path, { body, token, headers: given } = {}) => {
    const headers = {
      ...given,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const { status, text } = await exchange(url, { method, path, headers, agent }, body);
    return { status, body: objectIn(text) };
  };
  const isReady = () =>
    send('GET', '/').then(
      () => true,
      () => false,
    );
  await pWaitFor(isReady, { interval: 250, timeout: READY_TIMEOUT_MS });
  return send;
}

/** Sends one request, with the path exactly as it is: other clients normalize it. */
export function exchange(
  origin: string,
  options: RequestOptions,
  body?: unknown,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, timeout: 10_000, ...options }, async (response) => {
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no response to ${options.path}`)));
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
