import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, {
  type AxiosAdapter,
  AxiosError,
  type AxiosInstance,
  type InternalAxiosRequestConfig,
  isAxiosError,
  isCancel,
} from 'axios';
import { Token } from '../credentials/token.ts';
import { integerVariable } from '../process/environment.ts';
import { sendWithTls } from '../tls/send-with-tls.ts';
import type { PeerTls } from '../tls/service-tls.ts';
import { TlsAgent } from '../tls/tls-agent.ts';
import type { AddressGuard } from './address-guard.ts';
import { RequestConnection } from './request-connection.ts';

type HttpClientOptions = {
  /** The prefix of every path. */
  baseURL?: string;
  /** The maximum time from sending a request to the end of its response, in milliseconds. */
  timeoutMs: number;
  /** The maximum time for establishing a connection, in milliseconds. */
  connectTimeoutMs?: number;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Sent with every request as a bearer token. */
  token?: string | Token | undefined;
  /** Sends every request with TLS, also to `http://` URLs, and verifies the peer. */
  tls?: PeerTls | undefined;
  /** The maximum size of a response's body once decompressed, in bytes. A larger one rejects the request. */
  maxResponseBytes?: number;
  /** Judges every address before a connection to it; without one, all are allowed. */
  guard?: AddressGuard | undefined;
};

/** 8 MiB: far more than services send each other, and a small process can hold a few at once. */
export const DEFAULT_MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

/** 1 s: a LAN connects within 5 ms; one lost SYN is sent again after 1 s, and a second one means failure. */
export const CONNECT_TIMEOUT_MS = 1_000;

/** CONNECT_TIMEOUT_MS, in ms. Below 50 ms a busy host counts as down; a LAN that needs more than 10 s is down. */
export const connectTimeoutVariable = () =>
  integerVariable({ min: 50, max: 10_000 }).default(CONNECT_TIMEOUT_MS);

/** 30 s: cloud NATs forget an idle connection after 4 minutes or more; polls keep busy ones open. */
const IDLE_TIMEOUT_MS = 30_000;

/**
 * Creates an axios instance for service-to-service calls: it keeps connections alive, follows neither proxies
 * nor redirects, throws for no HTTP status, because a 503 carries a response to read, and limits what it reads.
 *
 * A response that does not come in time closes the idle connections to that origin: whatever lost it, such as a
 * NAT that forgot its connections, has probably lost them too. The next request opens a new one.
 */
export function createHttpClient(options: HttpClientOptions): AxiosInstance {
  const {
    baseURL,
    timeoutMs,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    headers,
    token,
    tls,
    maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES,
    guard,
  } = options;
  const agent = { keepAlive: true, timeout: IDLE_TIMEOUT_MS, ...(guard && { lookup: guard.lookup }) };
  const httpAgent = new HttpAgent(agent);
  const tlsAgent = tls && new TlsAgent(agent, tls);
  const httpsAgent = tlsAgent ?? new HttpsAgent(agent);
  const exchange = sendWithDeadline([httpAgent, httpsAgent], connectTimeoutMs, guard);
  const client = axios.create({
    adapter: tlsAgent === undefined ? exchange : sendWithTls(tlsAgent, exchange),
    ...(baseURL === undefined ? {} : { baseURL }),
    timeout: timeoutMs,
    headers: headers ?? {},
    validateStatus: () => true,
    proxy: false,
    maxRedirects: 0,
    httpAgent,
    httpsAgent,
    // Applies to decompressed bytes: a small gzip body can inflate to more than the heap.
    maxContentLength: maxResponseBytes,
    transformRequest: [requireJsonBody],
  });
  for (const method of ['post', 'put', 'patch', 'delete'] as const)
    client.defaults.headers[method]['Content-Type'] = 'application/json';
  if (token !== undefined) sendToken(client, Token.from(token));
  return client;
}

/** Adds the token at each request, because it may have been replaced. */
function sendToken(client: AxiosInstance, token: Token): void {
  client.interceptors.request.use((config) => {
    config.headers.set('authorization', `Bearer ${token.sent}`);
    return config;
  });
}

/**
 * Serializes the body of a request.
 *
 * axios merges a plain object into its configuration, which drops the keys `constructor`, `prototype` and `__proto__`
 * at every depth (1.21). It leaves a string as it is.
 */
export function jsonBody(value: unknown): string {
  return JSON.stringify(value);
}

/** Rejects a body that axios may already have changed. */
function requireJsonBody(data: unknown): unknown {
  if (data === undefined || data === null || typeof data === 'string') return data;
  throw new TypeError('the body of a request must be a string: use jsonBody');
}

const send = axios.getAdapter('http');

/** The errors of requests that never had a connection. */
const neverConnected = new WeakSet<Error>();

/** axios restarts its own timeout with every byte, so a trickling response would never time out. */
function sendWithDeadline(
  agents: readonly HttpAgent[],
  connectTimeoutMs: number,
  guard: AddressGuard | undefined,
): AxiosAdapter {
  return async (config) => {
    const { timeout = 0 } = config;
    const connection = new RequestConnection(connectTimeoutMs, guard);
    const deadline = new AbortController();
    let settled = false;
    const expire = () => {
      if (settled) return;
      for (const agent of agents) connection.dropIdle(agent);
      deadline.abort();
    };
    // One turn later: if this process was blocked, the response may be here by now.
    const timer = setTimeout(() => setImmediate(expire), timeout);
    const signal =
      config.signal instanceof AbortSignal
        ? AbortSignal.any([deadline.signal, config.signal])
        : deadline.signal;
    try {
      return await send({ ...config, transport: connection.transport, signal, timeout: 0 });
    } catch (error) {
      const expired = isCancel(error) && deadline.signal.aborted;
      const failure = expired ? timeoutError(timeout, config) : error;
      if (failure instanceof Error && !connection.established) neverConnected.add(failure);
      throw failure;
    } finally {
      settled = true;
      clearTimeout(timer);
    }
  };
}

function timeoutError(timeoutMs: number, config: InternalAxiosRequestConfig): AxiosError {
  return new AxiosError(`no complete response within ${timeoutMs} ms`, AxiosError.ECONNABORTED, config);
}

/**
 * Whether the server may have handled a failed request. `refused`: it cannot have, because there was no
 * connection. `ambiguous`: it may have.
 */
type TransportFailure = { kind: 'refused' | 'ambiguous'; reason: string };

/**
 * Classifies an error of a call with `createHttpClient`.
 *
 * @throws the error itself if axios did not throw it
 */
export function transportFailure(error: unknown): TransportFailure {
  if (!isAxiosError(error)) throw error;
  const reason = error.code ?? 'unknown';
  return { kind: neverConnected.has(error) ? 'refused' : 'ambiguous', reason };
}
