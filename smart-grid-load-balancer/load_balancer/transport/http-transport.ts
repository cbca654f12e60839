import {
  capacityRefusalSchema,
  DRAINING,
  REPLAYED_HEADER,
  SUPERSEDED,
  sessionListSchema,
} from '@gridclock/grid-protocol';
import { createHttpClient, transportFailure } from '@gridclock/service-kit';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { z } from 'zod';
import { CONNECT_TIMEOUT, connectTimeoutAgent } from './connect-timeout.ts';
import { readReport } from './substation-report.ts';
import {
  acceptanceSchema,
  type ChargeReply,
  GoneError,
  type LookupReply,
  type NoAnswer,
  type SessionReply,
  type SessionsReply,
  type Transport,
} from './transport.ts';

export type HttpTransportOptions = {
  /** For one message to a substation and its answer, in milliseconds. */
  requestTimeoutMs: number;
  /** For one poll, in milliseconds. */
  pollTimeoutMs: number;
};

/** In bytes: room for the sessions of 100,000 vehicles at one substation. What is longer would fill this process's memory. */
const LONGEST_ANSWER = 32 * 1024 * 1024;

/** In bytes: a substation's page has 25,000. */
const LONGEST_METRICS = 1024 * 1024;

const errorSchema = z.looseObject({ error: z.string() });
const bodySchema = z.record(z.string(), z.unknown());
const lookupSchema = z.looseObject({ known: z.boolean() });

/** Statuses that say that the request itself is wrong, whoever gets it. */
const clientErrors = new Set([400, 409, 413, 422]);

/** Talks with substations over HTTP, on connections that are kept. */
export function createHttpTransport({ requestTimeoutMs, pollTimeoutMs }: HttpTransportOptions): Transport {
  const client = createHttpClient({ timeoutMs: requestTimeoutMs });
  // Half the time for connecting, so that a dead host is told from a slow one before the request times out.
  client.defaults.httpAgent = connectTimeoutAgent(requestTimeoutMs / 2);
  client.defaults.maxContentLength = LONGEST_ANSWER;
  const exchange = async <Reply>(
    request: AxiosRequestConfig,
    read: (response: AxiosResponse<unknown>) => Reply,
  ): Promise<Reply | NoAnswer> => {
    try {
      return read(await client.request<unknown>(request));
    } catch (error) {
      return noAnswer(error);
    }
  };
  return {
    charge: ({ url }, data) => exchange({ method: 'POST', url: `${url}/charge`, data }, readCharge),
    lookup: ({ url }, data) => exchange({ method: 'POST', url: `${url}/requests/lookup`, data }, readLookup),
    sessions: ({ url }) => exchange({ url: `${url}/sessions` }, readSessions),
    session: ({ url }, id) => exchange({ url: `${url}/sessions/${encodeURIComponent(id)}` }, readSession),
    stopSession: ({ url }, id) =>
      exchange({ method: 'DELETE', url: `${url}/sessions/${encodeURIComponent(id)}` }, readSession),
    async report({ url }) {
      const { status, data } = await client
        .get<unknown>(`${url}/metrics`, {
          responseType: 'text',
          timeout: pollTimeoutMs,
          maxContentLength: LONGEST_METRICS,
        })
        .catch((error: unknown) => {
          if (error instanceof Error && noAnswer(error).kind === 'gone') throw new GoneError(error.message);
          throw error;
        });
      if (status !== 200 || typeof data !== 'string') throw new Error(`its metrics answer ${status}`);
      return readReport(data);
    },
  };
}

/** What one failed call says. A fault that is not the network's is thrown on. */
function noAnswer(error: unknown): NoAnswer {
  const { kind, reason } = transportFailure(error);
  if (reason === 'ECONNREFUSED' || reason === 'ENOTFOUND') return { kind: 'gone', reason };
  return { kind: kind === 'refused' || reason === CONNECT_TIMEOUT ? 'unreachable' : 'ambiguous', reason };
}

function readCharge({ status, data, headers }: AxiosResponse<unknown>): ChargeReply {
  if (status === 200) {
    const accepted = acceptanceSchema.safeParse(data);
    if (accepted.success)
      return { kind: 'accepted', answer: accepted.data, replayed: headers[REPLAYED_HEADER] === 'true' };
  }
  if (status === 503) {
    const refusal = capacityRefusalSchema.safeParse(data);
    if (refusal.success) return { kind: 'full', refusal: refusal.data };
    if (errorSchema.safeParse(data).data?.error === DRAINING) return { kind: 'draining' };
  }
  if (status === 409 && errorSchema.safeParse(data).data?.error === SUPERSEDED) return { kind: 'superseded' };
  if (clientErrors.has(status)) return { kind: 'rejected', status, body: data };
  // Any other 4xx: no such route, so no such substation.
  if (status >= 400 && status < 500) return { kind: 'unreachable', reason: `HTTP ${status}` };
  // A 500, or a 200 that says nothing: it may have acted before it failed.
  return { kind: 'ambiguous', reason: `HTTP ${status}` };
}

function readLookup({ status, data }: AxiosResponse<unknown>): LookupReply {
  // A substation of another make has no such route, and remembers nothing that could be found.
  if (status === 404) return { kind: 'not-known' };
  const reply = lookupSchema.safeParse(data);
  if (status !== 200 || !reply.success) return { kind: 'ambiguous', reason: `HTTP ${status}` };
  return { kind: reply.data.known ? 'known' : 'not-known' };
}

function readSessions({ status, data }: AxiosResponse<unknown>): SessionsReply {
  const list = sessionListSchema.safeParse(data);
  if (status !== 200 || !list.success) return { kind: 'ambiguous', reason: `HTTP ${status}` };
  return { kind: 'sessions', sessions: list.data.sessions };
}

function readSession({ status, data }: AxiosResponse<unknown>): SessionReply {
  if (status === 404) return { kind: 'none' };
  const body = bodySchema.safeParse(data);
  if (status !== 200 || !body.success) return { kind: 'ambiguous', reason: `HTTP ${status}` };
  return { kind: 'found', body: body.data };
}
