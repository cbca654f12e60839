import {
  capacityRefusalSchema,
  DEADLINE_EXCEEDED,
  DEADLINE_HEADER,
  DRAINING,
  OVERLOADED,
  REPLAYED_HEADER,
  requestLookupResponseSchema,
  STORAGE_UNAVAILABLE,
  SUPERSEDED,
  sessionListSchema,
  sessionPath,
} from '@gridclock/grid-protocol';
import {
  type AddressGuard,
  jsonBody,
  NoResponseError,
  type PeerTls,
  ServiceClient,
  type ServiceRequest,
  type ServiceResponse,
} from '@gridclock/service-kit';
import type { Tracing } from '@gridclock/service-kit/tracing';
import { z } from 'zod';
import { parseReport, reportedMetrics } from './substation-report.ts';
import {
  type ChargeReply,
  isAcceptance,
  type LookupReply,
  type Member,
  type NoReply,
  type SessionReply,
  type SessionsReply,
  SubstationDownError,
  type Transport,
} from './transport.ts';

export type HttpTransportOptions = {
  /** Limit for one message and its response, in milliseconds. */
  requestTimeoutMs: number;
  /** Limit for one poll, in milliseconds. */
  pollTimeoutMs: number;
  /** Limit for establishing a connection, in milliseconds. */
  connectTimeoutMs: number;
  /** Judges the addresses of the substations. */
  guard?: AddressGuard;
  /** Undefined without TLS. */
  tls?: PeerTls | undefined;
  /** Undefined where tracing is off. */
  tracing?: Tracing | undefined;
};

/** 32 MiB: enough to list the sessions of 100,000 vehicles. The limit keeps a response from filling the memory. */
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/** 1 MiB: a substation's metrics take about 25 kB. */
const MAX_METRICS_BYTES = 1024 * 1024;

/** A substation that does not know `name[]` responds with all its metrics. */
const polledMetrics = new URLSearchParams(
  reportedMetrics.map((name): [string, string] => ['name[]', name]),
).toString();

const errorSchema = z.looseObject({ error: z.string() });
const bodySchema = z.record(z.string(), z.unknown());
const endStateSchema = z.looseObject({ state: z.string() });

/** Statuses of an invalid request: no substation would accept it. */
const clientErrors = new Set([400, 409, 413, 422]);

/** Creates the HTTP link to the substations. Connections are kept alive. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { connectTimeoutMs, guard, pollTimeoutMs, requestTimeoutMs, tls, tracing } = options;
  const client = new ServiceClient({
    timeoutMs: requestTimeoutMs,
    connectTimeoutMs,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    guard,
    tls,
    tracing,
  });
  const exchange = <Reply>(
    request: ServiceRequest,
    parse: (response: ServiceResponse) => Reply,
  ): Promise<Reply | NoReply> => client.request(request).then(parse, noReply);
  /** Reads again if a reused connection may have lost the response: its failure has closed the idle ones. */
  const read = async <Reply extends SessionReply | SessionsReply>(
    request: ServiceRequest,
    parse: (response: ServiceResponse) => Reply,
  ): Promise<Reply | NoReply> => {
    const reply = await exchange(request, parse);
    const isLost = reply.kind === 'ambiguous' && reply.connectionAgeMs !== undefined;
    return isLost ? exchange(request, parse) : reply;
  };
  const exchangeAboutSession = async (
    method: 'GET' | 'DELETE',
    { url }: Member,
    id: string,
    credential: string | undefined,
  ): Promise<SessionReply> => {
    const path = sessionPath(id);
    return path === undefined
      ? { kind: 'not-found' }
      : (method === 'GET' ? read : exchange)(
          { method, url: `${url}${path}`, headers: bearer(credential) },
          parseSession,
        );
  };
  return {
    charge({ url }, data, limitMs, signal) {
      const { headers, timeoutMs } = within(limitMs);
      const signals = signal === undefined ? [] : [signal];
      const body = jsonBody(data);
      return exchange(
        { method: 'POST', url: `${url}/charge`, headers, body, timeoutMs, signals },
        parseCharge,
      );
    },
    lookup: ({ url }, data, timeoutMs) =>
      exchange(
        { method: 'POST', url: `${url}/requests/lookup`, body: jsonBody(data), ...within(timeoutMs) },
        parseLookup,
      ),
    sessions: ({ url }, credential) =>
      read({ method: 'GET', url: `${url}/sessions`, headers: bearer(credential) }, parseSessions),
    session: (member, id, credential) => exchangeAboutSession('GET', member, id, credential),
    stopSession: (member, id, credential) => exchangeAboutSession('DELETE', member, id, credential),
    async report({ url }) {
      const { status, text } = await client
        .request({
          method: 'GET',
          url: `${url}/metrics?${polledMetrics}`,
          timeoutMs: pollTimeoutMs,
          maxResponseBytes: MAX_METRICS_BYTES,
        })
        .catch((error: unknown) => {
          if (error instanceof Error && noReply(error).kind === 'down')
            throw new SubstationDownError(error.message);
          throw error;
        });
      if (status !== 200) throw new Error(`GET /metrics returned status ${status}`);
      return parseReport(text);
    },
  };
}

function within(limitMs: number): { timeoutMs: number; headers: Record<string, string> } {
  const timeoutMs = Math.max(1, Math.floor(limitMs));
  return { timeoutMs, headers: { [DEADLINE_HEADER]: String(timeoutMs) } };
}

function bearer(credential: string | undefined): Record<string, string> {
  return credential === undefined ? {} : { authorization: `Bearer ${credential}` };
}

/** Classifies a failed call. Rethrows errors that are not network failures. */
function noReply(error: unknown): NoReply {
  if (!(error instanceof NoResponseError)) throw error;
  const { code: reason, connection, kind } = error;
  if (reason === 'ECONNREFUSED' || reason === 'ENOTFOUND') return { kind: 'down', reason };
  if (kind === 'refused') return { kind: 'unreachable', reason };
  return {
    kind: 'ambiguous',
    reason,
    ...(connection?.isReused ? { connectionAgeMs: connection.ageMs } : {}),
  };
}

function parseCharge(response: ServiceResponse): ChargeReply {
  const { status, data } = response;
  if (status === 200 && isAcceptance(data))
    return { kind: 'accepted', acceptance: data, replayed: response.header(REPLAYED_HEADER) === 'true' };
  if (status === 503) {
    const refusal = capacityRefusalSchema.safeParse(data);
    if (refusal.success) return { kind: 'full', refusal: refusal.data };
    const error = errorSchema.safeParse(data).data?.error;
    // Both accept no new sessions, and say so in their metrics until they do again.
    if (error === DRAINING || error === STORAGE_UNAVAILABLE) return { kind: 'draining' };
    if (error === DEADLINE_EXCEEDED) return { kind: 'expired' };
    if (error === OVERLOADED) return { kind: 'overloaded' };
  }
  if (status === 409 && errorSchema.safeParse(data).data?.error === SUPERSEDED) return { kind: 'superseded' };
  if (clientErrors.has(status)) return { kind: 'invalid', status, body: data };
  // Any other 4xx: there is no such route, so this is not a substation.
  if (status >= 400 && status < 500) return { kind: 'unreachable', reason: `HTTP ${status}` };
  // Other statuses, or a 200 without an acceptance: it may have acted before it failed.
  return { kind: 'ambiguous', reason: `HTTP ${status}` };
}

function parseLookup({ status, data }: ServiceResponse): LookupReply {
  // Other implementations have no such route.
  if (status === 404) return { kind: 'unsupported' };
  if (status === 503 && errorSchema.safeParse(data).data?.error === OVERLOADED) return { kind: 'overloaded' };
  const reply = requestLookupResponseSchema.safeParse(data);
  if (status !== 200 || !reply.success) return { kind: 'ambiguous', reason: `HTTP ${status}` };
  return reply.data.known ? { kind: 'known' } : { kind: 'not-known', fence: reply.data.fence };
}

function parseSessions({ status, data }: ServiceResponse): SessionsReply {
  const list = sessionListSchema.safeParse(data);
  if (status !== 200 || !list.success) return { kind: 'ambiguous', reason: `HTTP ${status}` };
  return { kind: 'sessions', sessions: list.data.sessions };
}

function parseSession({ status, data }: ServiceResponse): SessionReply {
  const state = endStateSchema.safeParse(data).data?.state;
  if (status === 410 && state === 'interrupted') return { kind: 'interrupted' };
  if (status === 404) return { kind: 'not-found', ...(state === 'finished' ? { finished: true } : {}) };
  if (status === 401) return { kind: 'denied' };
  const body = bodySchema.safeParse(data);
  if (status !== 200 || !body.success) return { kind: 'ambiguous', reason: `HTTP ${status}` };
  return { kind: 'found', body: body.data };
}
