/** A request, as far as an operation's document determines it. */
export type SentRequest = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
};

/** A response; `json` is undefined for other media types. */
export type ReceivedResponse = { status: number; type: string; json: unknown; text: string };

/** 10 s: a deadline for a busy machine. What a stream has sent until then is its response. */
const STREAM_DEADLINE_MS = 10_000;

/**
 * Sends a request and reads the response. Redirects are not followed.
 *
 * @param isEnough whether a stream of events has sent enough; by default, its head is
 */
export async function send(
  origin: string,
  { body, headers, method, path }: SentRequest,
  isEnough: (text: string) => boolean = () => true,
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
    const text = await readStream(response, isEnough);
    aborted.abort();
    return { status: response.status, type, json: undefined, text };
  }
  const text = await response.text();
  return { status: response.status, type, json: type.endsWith('json') ? JSON.parse(text) : undefined, text };
}

async function readStream({ body }: Response, isEnough: (text: string) => boolean): Promise<string> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  const deadline = setTimeout(() => reader?.cancel(), STREAM_DEADLINE_MS);
  let text = '';
  while (reader !== undefined && !isEnough(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  clearTimeout(deadline);
  return text;
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
