import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosAdapter, AxiosError, type AxiosInstance, isAxiosError, isCancel } from 'axios';

type HttpClientOptions = {
  /** The prefix of every path. */
  baseURL?: string;
  /** The maximum time from sending a request to the end of its response, in milliseconds. */
  timeoutMs: number;
  /** Sent with every request. */
  headers?: Record<string, string>;
};

/**
 * Creates an axios instance for service-to-service calls: it keeps connections alive, follows neither proxies
 * nor redirects, and throws for no HTTP status, because a 503 carries a response to read.
 */
export function createHttpClient({ baseURL, timeoutMs, headers }: HttpClientOptions): AxiosInstance {
  return axios.create({
    adapter: sendWithDeadline,
    ...(baseURL === undefined ? {} : { baseURL }),
    timeout: timeoutMs,
    headers: headers ?? {},
    validateStatus: () => true,
    proxy: false,
    maxRedirects: 0,
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  });
}

const send = axios.getAdapter('http');

/** axios restarts its own timeout with every byte, so a trickling response would never time out. */
const sendWithDeadline: AxiosAdapter = async (config) => {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), config.timeout);
  const signal =
    config.signal instanceof AbortSignal
      ? AbortSignal.any([deadline.signal, config.signal])
      : deadline.signal;
  try {
    return await send({ ...config, signal, timeout: 0 });
  } catch (error) {
    if (!isCancel(error) || !deadline.signal.aborted) throw error;
    throw new AxiosError(`no complete response within ${config.timeout} ms`, AxiosError.ECONNABORTED, config);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Whether the server may have handled a failed request. `refused`: it cannot have, because there was no
 * connection. `ambiguous`: it may have.
 */
type TransportFailure = { kind: 'refused' | 'ambiguous'; reason: string };

/** The error codes of failures before the first byte was sent. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
]);

/**
 * Classifies an error of an axios call.
 *
 * @throws the error itself if axios did not throw it
 */
export function transportFailure(error: unknown): TransportFailure {
  if (!isAxiosError(error)) throw error;
  const code = error.code ?? 'unknown';
  return { kind: neverSent.has(code) ? 'refused' : 'ambiguous', reason: code };
}
