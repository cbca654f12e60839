import pWaitFor from 'p-wait-for';
import type { HttpResponse } from './https-client.ts';

/** Several windows of the rate limit, each 1 s. */
const HEAL_TIMEOUT_MS = 10_000;

/** A description of a request, the expected status and the response. */
export type ExpectedResponse = readonly [
  request: string,
  status: number,
  response: Promise<Pick<HttpResponse, 'status' | 'body'>>,
];

/** @throws Error listing every response with another status than expected */
export async function expectStatuses(expectations: readonly ExpectedResponse[]): Promise<string> {
  const responses = await Promise.all(
    expectations.map(async ([request, expected, response]) => ({ request, expected, ...(await response) })),
  );
  const wrong = responses
    .filter(({ expected, status }) => status !== expected)
    .map(
      ({ request, expected, status, body }) =>
        `${request} got ${status} instead of ${expected}: ${JSON.stringify(body)}`,
    );
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return `${expectations.length} responses`;
}

/**
 * Sends one request many times at once, then waits until it is served again.
 *
 * @throws Error unless some, but not all, are rejected with 429
 */
export async function expectRateLimit(
  send: () => Promise<Pick<HttpResponse, 'status'>>,
  times: number,
): Promise<string> {
  const responses = await Promise.all(Array.from({ length: times }, send));
  const rejected = responses.filter(({ status }) => status === 429).length;
  if (rejected === 0 || rejected === times) {
    throw new Error(`${rejected} of ${times} requests were rejected with 429`);
  }
  // Later checks send from the same address.
  const isServed = async () => (await send()).status !== 429;
  await pWaitFor(isServed, { interval: 250, timeout: HEAL_TIMEOUT_MS });
  return `${rejected} of ${times} requests rejected`;
}
