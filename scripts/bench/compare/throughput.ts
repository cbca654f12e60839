import type { Sample } from './row.ts';
import { runWrk } from './wrk.ts';
import type { WrkRequest } from './wrk-script.ts';

/** 3 s: some ten thousand requests, and a few collections of garbage. */
const SECONDS = 3;

/** 1 s at 16 connections: compilers have optimized what runs often, and all keys are there. */
const WARM_UP = { connections: 16, seconds: 1 };

/** Loads a server that has just started, so that the first measurement is like the others. */
export async function warmUp(url: string, requests: readonly WrkRequest[]): Promise<void> {
  await runWrk({ url, requests, ...WARM_UP });
}

/** Measures requests per second and latencies of a server under a number of connections. */
export async function measureThroughput(
  url: string,
  connections: number,
  requests: readonly WrkRequest[],
): Promise<Sample> {
  const { p50Ms, p99Ms, perSecond } = await runWrk({ url, connections, seconds: SECONDS, requests });
  return { 'requests/s': perSecond, 'p50 ms': p50Ms, 'p99 ms': p99Ms };
}
