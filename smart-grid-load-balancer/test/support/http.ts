import { z } from 'zod';

export type JsonResponse = { status: number; body: Record<string, unknown> };

const jsonObject = z.record(z.string(), z.unknown());

/** Sends a JSON request and parses the JSON response. */
export async function send(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<JsonResponse> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: jsonObject.parse(await response.json()) };
}

/**
 * Scrapes one metric of a service.
 *
 * @param series the metric's name with its labels, as on the page
 */
export async function metric(service: { url: string }, series: string): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  if (line === undefined) throw new Error(`${service.url} has no metric ${series}`);
  return Number(line.slice(series.length + 1));
}

/** The header that proves who holds a session: its secret, from the response to the charge. */
export function holderOf({ session_secret }: Record<string, unknown>): Record<string, string> {
  return { authorization: `Bearer ${session_secret}` };
}
