import { z } from 'zod';

export type Answer = { status: number; body: Record<string, unknown> };

const object = z.record(z.string(), z.unknown());

/** Sends JSON and reads the JSON answer. */
export async function send(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: object.parse(await response.json()) };
}

/** The value of one metric of a service; the name includes the labels. */
export async function metric(service: { url: string }, name: string): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${service.url} has no metric ${name}`);
  return Number(line.slice(name.length + 1));
}
