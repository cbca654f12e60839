import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** A response; `body` is its JSON, or undefined if it is none. */
export type Exchange = { status: number; body: unknown; text: string };

export type ExchangeOptions = {
  method?: string;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, under the content type of JSON. */
  raw?: string;
  timeoutMs?: number;
};

/** 15 s: a program that is silent for longer is stuck, also on a busy machine; a session's read may wait for seconds. */
const TIMEOUT_MS = 15_000;

/** 16 MiB: more than the state of any judged program; one that answers endlessly must not fill this process. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Sends a request on a new connection, because simple servers close idle ones at any time.
 * It rejects if no complete response comes.
 */
export function exchange(url: string, options: ExchangeOptions = {}): Promise<Exchange> {
  const {
    json,
    raw = json === undefined ? undefined : JSON.stringify(json),
    timeoutMs = TIMEOUT_MS,
  } = options;
  const { method = raw === undefined ? 'GET' : 'POST' } = options;
  const headers =
    raw === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(raw) };
  const request = url.startsWith('https:') ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response
        .on('data', (part: string) => {
          text += part;
          if (text.length > MAX_BYTES)
            sent.destroy(new Error(`${url} answers with more than ${MAX_BYTES} bytes`));
        })
        .on('end', () => resolve({ status: response.statusCode ?? 0, text, body: parse(text) }))
        .on('error', reject);
    });
    const timer = setTimeout(
      () => sent.destroy(new Error(`no response to ${method} ${url} within ${timeoutMs} ms`)),
      timeoutMs,
    );
    sent.on('error', reject).on('close', () => clearTimeout(timer));
    sent.end(raw);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
