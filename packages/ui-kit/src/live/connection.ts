import { eventSplitter, type ServerEvent } from './sse.ts';

/** How the page is connected to its service. */
export type ConnectionState = 'connecting' | 'live' | 'lost' | 'unauthorized' | 'refused';

/** 1 s: a service that restarts is back within a few seconds. */
const RETRY_MS = 1_000;

/** The token that a person gave, where one is needed. It stays in this page's memory. */
let token: string | undefined;

export function rememberToken(given: string): void {
  token = given;
}

/** Sends a request to the service that this page comes from. Resolves to its status and its JSON, whatever it is. */
export async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<{ status: number; data: unknown }> {
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, data: await response.json() };
}

/**
 * Reads what happens, from `ui/events`, again and again, until it is aborted. `fetch`, because an EventSource can send no token.
 */
export async function follow(
  onState: (state: ConnectionState) => void,
  onEvent: (event: ServerEvent) => void,
  aborted: AbortSignal,
): Promise<void> {
  while (!aborted.aborted) {
    const state = await readOnce(onState, onEvent, aborted).catch((): ConnectionState => 'lost');
    if (aborted.aborted) return;
    onState(state);
    // A token has to be given first.
    if (state === 'unauthorized' || state === 'refused') return;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function readOnce(
  onState: (state: ConnectionState) => void,
  onEvent: (event: ServerEvent) => void,
  signal: AbortSignal,
): Promise<ConnectionState> {
  const headers = {
    accept: 'text/event-stream',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await fetch('ui/events', { headers, signal });
  if (response.status === 401) return 'unauthorized';
  if (response.status === 403) return 'refused';
  const reader = response.ok ? response.body?.pipeThrough(new TextDecoderStream()).getReader() : undefined;
  if (reader === undefined) return 'lost';
  onState('live');
  const split = eventSplitter();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return 'lost';
    for (const event of split(value)) onEvent(event);
  }
}
