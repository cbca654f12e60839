import { createHttpClient } from '@gridclock/service-kit';
import type { AskTrace } from './collect.ts';
import { tracePageSchema } from './trace-page.ts';

/** A node on one machine answers in milliseconds; one that is paused or gone must not stop the others' collection. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * Asks a node over HTTP.
 *
 * @param token the cluster's token, when it has one
 * @throws Error when the node answers but shows no trace
 */
export function askTrace(url: string, token: string | undefined): AskTrace {
  const http = createHttpClient({
    baseURL: url.replace(/\/+$/, ''),
    timeoutMs: ANSWER_WITHIN_MS,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return async (since) => {
    const answer = await http.get<unknown>('/trace', { params: { since } }).catch(() => undefined);
    if (answer === undefined) return undefined;
    if (answer.status === 404) throw new Error(`node at ${url} keeps no trace: start it with TRACE=1`);
    if (answer.status === 401)
      throw new Error(`node at ${url} shows its trace only with the cluster's token`);
    if (answer.status !== 200) return undefined;
    return tracePageSchema.parse(answer.data);
  };
}
