import { setTimeout as pause } from 'node:timers/promises';

/** Writes, and returns the clock of the write. */
export async function put(url: string, key: string, value: string): Promise<{ vc: unknown }> {
  const response = await fetch(`${url}/put`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, value }),
  });
  const body: unknown = await response.json();
  if (response.status === 200 && typeof body === 'object' && body !== null && 'vc' in body) {
    return { vc: body.vc };
  }
  throw new Error(`put was answered ${response.status}: ${JSON.stringify(body)}`);
}

/**
 * Reads with the client's context, so that a node that is behind waits until it has caught up.
 *
 * @throws Error when the answer is anything but the expected value
 */
export async function expectValue(url: string, key: string, vc: unknown, expected: string): Promise<void> {
  const query = new URLSearchParams({ key, vc: JSON.stringify(vc) });
  const response = await fetch(`${url}/get?${query}`);
  const body: unknown = await response.json();
  if (response.status === 200 && typeof body === 'object' && body !== null && 'value' in body) {
    if (body.value === expected) return;
  }
  throw new Error(`get at ${url} was answered ${response.status}: ${JSON.stringify(body)}`);
}

/** Small enough to be no load, often enough that every scrape sees new requests. */
const BETWEEN_WRITES_MS = 250;

/** Writes at one node and reads at the next, round and round, for as long as `body` takes. */
export async function withTraffic<T>(nodeUrls: readonly string[], body: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const traffic = (async () => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      const [writer = '', reader = ''] = [0, 1].map((offset) => nodeUrls[(turn + offset) % nodeUrls.length]);
      const { vc } = await put(writer, 'traffic', `turn ${turn}`);
      await expectValue(reader, 'traffic', vc, `turn ${turn}`);
      await pause(BETWEEN_WRITES_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  })();
  try {
    return await body();
  } finally {
    stop.abort();
    await traffic;
  }
}
