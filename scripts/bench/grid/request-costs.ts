import { runWrk } from '../compare/wrk.ts';
import type { WrkRequest } from '../compare/wrk-script.ts';
import { processorSeconds } from '../store/processes.ts';

/** 2 s: some thousand requests. */
const LOAD = { connections: 16, seconds: 2 };

/** Lets caches and compiled code settle. */
export async function warmUpRequests(url: string, requests: readonly WrkRequest[]): Promise<void> {
  await runWrk({ url, requests, ...LOAD });
}

/** Measures the processor time of a thousand requests in each group of processes, in seconds, once. */
export async function measureRequestCosts(
  url: string,
  requests: readonly WrkRequest[],
  groups: readonly (readonly number[])[],
): Promise<number[]> {
  const spent = () =>
    Promise.all(
      groups.map(async (pids) =>
        (await Promise.all(pids.map(processorSeconds))).reduce((sum, seconds) => sum + seconds, 0),
      ),
    );
  const before = await spent();
  const sent = (await runWrk({ url, requests, ...LOAD })).requests;
  return (await spent()).map((after, index) => ((after - (before[index] ?? 0)) * 1_000) / sent);
}
