import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosAdapter, AxiosError, type AxiosInstance, isAxiosError, isCancel } from 'axios';

export type HttpClientOptions = {
  /** Prefixed to every path. */
  baseURL?: string;
  /** After how many milliseconds without a complete answer a request is given up. */
  timeoutMs: number;
  /** Sent with every request. */
  headers?: Record<string, string>;
};

/**
 * An axios instance for service-to-service calls: connections are kept alive, no status is an exception
 * (a 503 is an answer to be read, not a fault), neither proxies nor redirects are followed.
 */
export function createHttpClient({ baseURL, timeoutMs, headers }: HttpClientOptions): AxiosInstance {
  return axios.create({
    adapter: withinTimeout,
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

/** axios' own timeout starts anew with every byte: an answer that trickles in would hold its caller for ever. */
const withinTimeout: AxiosAdapter = async (config) => {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), config.timeout);
  const signal =
    config.signal instanceof AbortSignal ? AbortSignal.any([late.signal, config.signal]) : late.signal;
  try {
    return await send({ ...config, signal, timeout: 0 });
  } catch (error) {
    if (!isCancel(error) || !late.signal.aborted) throw error;
    throw new AxiosError('no complete answer in time', AxiosError.ECONNABORTED, config);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * What a failed request says about whether the other side has acted on it.
 * `refused`: no connection was made, so it cannot have. `ambiguous`: it may have.
 */
export type TransportFailure = { kind: 'refused' | 'ambiguous'; reason: string };

/** Codes of failures before a single byte of the request was sent. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
]);

/** Classifies what an axios call threw; a fault that is not the network's is thrown on. */
export function transportFailure(error: unknown): TransportFailure {
  if (!isAxiosError(error)) throw error;
  const code = error.code ?? 'unknown';
  return { kind: neverSent.has(code) ? 'refused' : 'ambiguous', reason: code };
}
