import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

export type ClosedLoopOptions = {
  /** http:// URLs; each client uses one of them. */
  urls: readonly string[];
  /** The JSON body of the request with this number; a POST. Without it, requests are GETs. */
  bodyOf?: (index: number) => object;
  /** How many clients send their next request as soon as they have a response, each on its own connection. */
  connections: number;
  /**
   * Responses are counted once every client has had one, at the latest after this time: until then, connections are
   * made. By default, at once.
   */
  settleMs?: number;
  durationMs: number;
};

/** What clients saw, by status. Times are in milliseconds. */
export type ClosedLoopResult = {
  /** Successful responses per second. */
  goodput: number;
  /** Of the successful responses. */
  p50Ms: number;
  p99Ms: number;
  statuses: Map<number, number>;
  /** Requests without a response. */
  failed: number;
  /** How long it took until every client had its first response, or its connections were given up. */
  settledMs: number;
};

/** 20 s: a service that sheds load responds within two. */
const TIMEOUT_MS = 20_000;

/** 50 ms: a client that cannot connect must not keep this process busy. */
const PAUSE_AFTER_FAILURE_MS = 50;

/** Sends requests from many clients, none of which waits between a response and its next request. */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const { bodyOf, connections, durationMs, settleMs = 0, urls } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxTotalSockets: connections });
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  let failed = 0;
  let sent = 0;
  const start = performance.now();
  let settled = 0;
  let begin = settleMs === 0 ? start : Number.POSITIVE_INFINITY;
  const settle = () => {
    begin = Math.min(begin, performance.now());
  };
  const timer = globalThis.setTimeout(settle, settleMs);
  const work = async (client: number) => {
    const url = urls[client % urls.length] ?? '';
    let isSettled = false;
    while (performance.now() < begin + durationMs) {
      const startedAt = performance.now();
      const status = await send(agent, url, bodyOf?.(sent++)).catch(() => undefined);
      if (!isSettled && status !== undefined && ++settled === connections) settle();
      isSettled ||= status !== undefined;
      const isCounted = startedAt >= begin && performance.now() <= begin + durationMs;
      if (status === undefined) {
        if (isCounted) failed++;
        await setTimeout(PAUSE_AFTER_FAILURE_MS);
      } else if (isCounted) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status < 400) latencies.push(performance.now() - startedAt);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, client) => work(client)));
  clearTimeout(timer);
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) => latencies[Math.floor(share * latencies.length)] ?? Number.NaN;
  return {
    goodput: latencies.length / (durationMs / 1_000),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    statuses,
    failed,
    settledMs: begin - start,
  };
}

function send(agent: Agent, url: string, body: object | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const method = text === undefined ? 'GET' : 'POST';
    const sent = request(url, { agent, method, headers, timeout: TIMEOUT_MS }, (response) => {
      response.on('end', () => resolve(response.statusCode ?? 0)).on('error', reject);
      response.resume();
    });
    sent.on('timeout', () => sent.destroy(new Error(`no response within ${TIMEOUT_MS} ms`)));
    sent.on('error', reject).end(text);
  });
}
