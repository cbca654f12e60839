import { type Transport, TransportError, type TransportRequest } from '../../src/session-client/transport.ts';

/** What a scripted node does: a response, a failure of the connection, or no response until the request is given up. */
export type Script =
  | { status: number; body: unknown; retryAfterMs?: number }
  | { fails: 'refused' | 'ambiguous' }
  | { events: readonly string[]; status?: number; type?: string; retryAfterMs?: number }
  | 'silent';

/** Plays nodes by their URLs: each request takes its node's next script, the last one for good. */
export function scriptedTransport(scripts: Record<string, readonly Script[]>): Transport & {
  requests: { method: string; node: string; path: string; body: unknown; headers: unknown }[];
} {
  const requests: ReturnType<typeof scriptedTransport>['requests'] = [];
  const counts = new Map<string, number>();
  const next = async ({ method, url, body, headers, signal }: TransportRequest) => {
    const { origin: node, pathname, search } = new URL(url);
    requests.push({
      ...{ method, node, path: pathname + search, headers },
      body: body === undefined ? undefined : JSON.parse(body),
    });
    const count = counts.get(node) ?? 0;
    counts.set(node, count + 1);
    const script = scripts[node]?.[count] ?? scripts[node]?.at(-1) ?? { fails: 'refused' };
    if (script === 'silent') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new TransportError('given up', 'ambiguous');
    }
    if ('fails' in script) throw new TransportError('ECONNRESET', script.fails);
    return script;
  };
  return {
    requests,
    request: async (request) => {
      const script = await next(request);
      if ('events' in script) throw new Error('the script is one of a stream');
      const { status, body, retryAfterMs } = script;
      return { status, text: typeof body === 'string' ? body : JSON.stringify(body), retryAfterMs };
    },
    stream: async (request) => {
      const script = await next(request);
      if ('body' in script) return { status: script.status, chunks: chunksOf([JSON.stringify(script.body)]) };
      const { events, retryAfterMs, status = 200, type } = script;
      return { status, type, retryAfterMs, chunks: chunksOf(events) };
    },
  };
}

async function* chunksOf(texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
