import type { HttpsClient } from './https-client.ts';

/** The fields of each error of a proxy, in order. The services' own errors of these kinds have further ones. */
const fields = ['error', 'type', 'title', 'status', 'detail', 'code', 'request_id'];

/** Whether a body is an error with this code that the proxy made itself, and did not relay. */
export function isProxys(body: Record<string, unknown>, code: string): boolean {
  return body.code === code && Object.keys(body).join() === fields.join();
}

/** A request that fails at a proxy, with the status and code of its error. */
export type ProxyProblem = { status: number; code: string; send: Parameters<HttpsClient> };

/** @throws Error listing every response that is no error in the services' shape, with the id that was sent */
export async function expectProxyProblems(
  send: HttpsClient,
  problems: readonly ProxyProblem[],
): Promise<string> {
  const wrong: string[] = [];
  for (const { status, code, send: request } of problems) {
    const [method, path, options] = request;
    const id = `proxy-problem-${code}`;
    const headers = { ...options?.headers, 'x-request-id': id };
    const received = await send(method, path, { ...options, headers });
    const { body } = received;
    const seen = [received.status, body.status, body.code, body.request_id, typeof body.error];
    if (seen.join() !== [status, status, code, id, 'string'].join())
      wrong.push(`${method} ${path} got ${received.status}: ${JSON.stringify(body)}`);
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return `${problems.length} errors`;
}
