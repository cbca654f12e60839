import { setTimeout as pause } from 'node:timers/promises';
import { CausalClient } from 'vector-clock-kv-store/causal-client';

/** Light load, yet every scrape sees new requests. */
const WRITE_INTERVAL_MS = 250;

/** Writes at one node and reads at the next, round robin, while `body` runs. */
export async function withTraffic<T>(nodeUrls: readonly string[], body: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const traffic = (async () => {
    const session = new CausalClient({ nodes: nodeUrls });
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      const [writer = '', reader = ''] = [0, 1].map((offset) => nodeUrls[(turn + offset) % nodeUrls.length]);
      await session.put('traffic', `turn ${turn}`, { node: writer });
      await expectValue(session, reader, 'traffic', `turn ${turn}`);
      await pause(WRITE_INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  try {
    return await body();
  } finally {
    stop.abort();
    await traffic;
  }
}

/** Reads a key at a node, in the session's causal context. @throws Error unless it has the expected value */
export async function expectValue(
  session: CausalClient,
  node: string,
  key: string,
  expected: string,
): Promise<void> {
  const { value } = await session.get(key, { node });
  if (value !== expected) throw new Error(`${key} at ${node} is ${JSON.stringify(value)}, not ${expected}`);
}
