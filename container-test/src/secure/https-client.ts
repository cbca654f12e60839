import { Agent } from 'node:https';
import axios from 'axios';
import pWaitFor from 'p-wait-for';
import { z } from 'zod';
import type { Project } from '../docker/project.ts';

/** Where Caddy keeps the certificate of its own authority. */
const AUTHORITY = '/data/caddy/pki/authorities/local/root.crt';

/** Caddy makes its certificates when it starts. */
const SPEAKS_WITHIN_MS = 30_000;

export type Answer = { status: number; body: Record<string, unknown>; headers: Record<string, unknown> };

export type HttpsClient = (
  method: 'GET' | 'POST',
  path: string,
  request?: { body?: unknown; token?: string },
) => Promise<Answer>;

/**
 * Asks a proxy of the project as a client does that trusts its authority and no other.
 *
 * @param service the proxy's name in the compose file
 * @param url where it is published
 */
export async function httpsClient(project: Project, service: string, url: string): Promise<HttpsClient> {
  const id = await project.containerOf(service);
  let ca = '';
  const hasAuthority = async () => {
    ca = await project.docker('exec', id, 'cat', AUTHORITY).catch(() => '');
    return ca.includes('BEGIN CERTIFICATE');
  };
  await pWaitFor(hasAuthority, { interval: 250, timeout: SPEAKS_WITHIN_MS });
  const http = axios.create({
    baseURL: url,
    httpsAgent: new Agent({ ca }),
    validateStatus: () => true,
    proxy: false,
    timeout: 10_000,
  });
  const ask: HttpsClient = async (method, path, { body, token } = {}) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await http.request<unknown>({ method, url: path, data: body, headers });
    const object = z.record(z.string(), z.unknown()).safeParse(answer.data).data ?? {};
    return { status: answer.status, body: object, headers: { ...answer.headers } };
  };
  const speaks = () =>
    ask('GET', '/').then(
      () => true,
      () => false,
    );
  await pWaitFor(speaks, { interval: 250, timeout: SPEAKS_WITHIN_MS });
  return ask;
}
