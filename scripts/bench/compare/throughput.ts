import type { Sample } from './row.ts';
import { runWrk } from './wrk.ts';
import type { WrkRequest } from './wrk-script.ts';

/** 4 s: some ten thousand requests, and ten collections of garbage. */
const SECONDS = 4;

/** Measures requests per second and latencies of a server under a number of connections. */
export async function measureThroughput(
  url: string,
  connections: number,
  requests: readonly WrkRequest[],
): Promise<Sample> {
  const { p50Ms, p99Ms, perSecond } = await runWrk({ url, connections, seconds: SECONDS, requests });
  return { 'requests/s': perSecond, 'p50 ms': p50Ms, 'p99 ms': p99Ms };
}
