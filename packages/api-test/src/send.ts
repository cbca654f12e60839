/** A request, as far as an operation's document determines it. */
export type SentRequest = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
};

/** A response; `json` is undefined for other media types. */
export type ReceivedResponse = { status: number; type: string; json: unknown; text: string };

/** Sends a request and reads the response; of a stream of events, only the head. Redirects are not followed. */
export async function send(
  origin: string,
  { body, headers, method, path }: SentRequest,
): Promise<ReceivedResponse> {
  const aborted = new AbortController();
  const response = await fetch(`${origin}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    signal: aborted.signal,
  });
  const type = response.headers.get('content-type')?.split(';', 1)[0] ?? '';
  if (type === 'text/event-stream') {
    aborted.abort();
    return { status: response.status, type, json: undefined, text: '' };
  }
  const text = await response.text();
  return { status: response.status, type, json: type.endsWith('json') ? JSON.parse(text) : undefined, text };
}

/** Waits for a response while a virtual clock is moved. */
export async function whilePassing<Result>(
  pending: Promise<Result>,
  passTime: (() => Promise<unknown>) | undefined,
): Promise<Result> {
  if (passTime === undefined) return pending;
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  pending.then(settle, settle);
  while (!isSettled) {
    await passTime();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return pending;
}
