import {
  ATTEMPTS_HEADER,
  DEADLINE_HEADER,
  type IdentifiedChargeRequest,
  ON_CLOSE,
  REQUEST_COPY_HEADER,
  REQUEST_HISTORY_HEADER,
  type RequestHistory,
  WITHDRAWAL_HEADER,
} from '@gridclock/grid-protocol';
import {
  jsonBody,
  NoResponseError,
  REQUEST_ID_HEADER,
  type ServiceClient,
  type ServiceRequest,
  type ServiceResponse,
} from '@gridclock/service-kit';
import { fullJitterMs } from '@gridclock/service-kit/backoff';
import type { CancelSignal } from '@gridclock/service-kit/cancellation';
import type { RetryBudget } from '@gridclock/service-kit/retry-budget';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import { z } from 'zod';
import type { BalancerResult } from './balancer-result.ts';
import { ConnectionObserver } from './connection-observer.ts';
import { hedged } from './hedged.ts';
import { traceOf } from './request-trace.ts';
import type { RequestTrace } from './seen-requests.ts';

/** A charge request's result, and what it has left behind. */
export type ChargeResult = { result: BalancerResult; trace: RequestTrace };

export type BalancerClientOptions = {
  /** Its base URL is the balancer's. */
  http: ServiceClient;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** How long a charge request may take, repetitions included, in milliseconds. */
  timeoutMs: number;
  /** After how long without a response a charge request is sent on another connection too, in milliseconds. */
  hedgeAfterMs: number;
  /** Limits repetitions. */
  retryBudget: RetryBudget;
  /** Returns a unique id. */
  newId: () => string;
};

/** 100 ms: the balancer's response must arrive before this service gives up. */
const RESPONSE_MARGIN_MS = 100;

/**
 * On average 100 ms, which suffices after a dropped connection, and at most 1 s, so that a restarted balancer is
 * found soon: full jitter halves these limits on average.
 */
const RETRY_BACKOFF = { firstMs: 200, longestMs: 2_000 };

/** 100 ms: the response to a copy on a new connection takes less, and shows whether the old connections are dead. */
const HEDGE_AGAIN_MS = 100;

/** 2 s: `/health` and `/ready` respond within milliseconds, so two silent seconds mean that the balancer is unreachable. */
const HEALTH_TIMEOUT_MS = 2_000;

const readinessSchema = z.looseObject({ reason: z.string() });

/** Calls the balancer. Repeats a charge request only if the balancer was lost, which repeats messages itself. */
export class BalancerClient {
  readonly #options: BalancerClientOptions;
  /** Whether the balancer places copies of a request once. Others could charge a vehicle twice. */
  #sharesCopies = false;
  readonly #connections: ConnectionObserver;

  constructor(options: BalancerClientOptions) {
    this.#options = options;
    this.#connections = new ConnectionObserver(options.hedgeAfterMs);
  }

  /**
   * Sends a charge request, and repeats it with the same request_id if the connection is lost before the response. It
   * does not wait for a balancer that never received the request, nor repeat one whose outcome the balancer could not
   * find out: the balancer has repeated its messages, and if both hops did, their messages would multiply.
   *
   * @param leftMs how long the client waits, where it says so, in milliseconds
   * @param clientLeft withdraws the request; undefined for a client that can come back for its outcome
   * @param httpRequestId goes with every message, into the balancer's log and errors
   */
  async charge(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    leftMs = Number.POSITIVE_INFINITY,
    clientLeft?: CancelSignal,
    httpRequestId?: string,
  ): Promise<ChargeResult> {
    const { scheduler, random, retryBudget, timeoutMs } = this.#options;
    const deadline = scheduler.now() + Math.min(timeoutMs, leftMs);
    retryBudget.request();
    let mayHaveActed = false;
    for (let losses = 1; ; losses += 1) {
      const currentHistory = mayHaveActed ? 'repeated' : history;
      const result = await this.#sendCharge(
        request,
        currentHistory,
        mayHaveActed,
        deadline,
        clientLeft,
        httpRequestId,
      );
      if (!('unreachable' in result)) return { result, trace: traceOf(result, currentHistory) };
      mayHaveActed ||= result.mayHaveActed;
      const pauseMs = fullJitterMs(RETRY_BACKOFF, losses, random);
      const outOfTime = scheduler.now() + pauseMs + RESPONSE_MARGIN_MS >= deadline;
      if (!mayHaveActed || outOfTime || clientLeft?.aborted || !retryBudget.tryRetry()) {
        const trace = mayHaveActed || history === 'repeated' ? 'session' : nothingSent(history);
        return { result: { ...result, mayHaveActed }, trace };
      }
      await sleep(scheduler, pauseMs, clientLeft);
    }
  }

  /** Sends a charge request, and again on a new connection if there is no response for some time. */
  #sendCharge(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    isRepeated: boolean,
    deadline: number,
    clientLeft: CancelSignal | undefined,
    httpRequestId: string | undefined,
  ): Promise<BalancerResult> {
    const { hedgeAfterMs, http, newId, retryBudget, scheduler } = this.#options;
    const copyId = newId();
    const send = (known: RequestHistory, isFirst: boolean, signal: AbortSignal) => {
      const leftMs = Math.max(1, Math.floor(deadline - scheduler.now()));
      const headers: Record<string, string> = {
        [REQUEST_HISTORY_HEADER]: known,
        [REQUEST_COPY_HEADER]: copyId,
        [DEADLINE_HEADER]: String(Math.max(1, leftMs - RESPONSE_MARGIN_MS)),
      };
      if (!isFirst) headers[ATTEMPTS_HEADER] = '1';
      if (httpRequestId !== undefined) headers[REQUEST_ID_HEADER] = httpRequestId;
      if (clientLeft !== undefined) headers[WITHDRAWAL_HEADER] = ON_CLOSE;
      return this.#send('POST', '/route_charge', {
        body: jsonBody(request),
        headers,
        signals: clientLeft === undefined ? [signal] : [signal, clientLeft],
        timeoutMs: leftMs,
      });
    };
    const observed = this.#connections.sent(scheduler.now());
    let isOverdue = false;
    return hedged({
      afterMs: hedgeAfterMs,
      againAfterMs: HEDGE_AGAIN_MS,
      first: (signal) => send(history, !isRepeated, signal),
      second: (signal) => {
        if (!this.#sharesCopies || clientLeft?.aborted) return undefined;
        if (!isOverdue) http.closeIdleConnections(hedgeAfterMs);
        isOverdue = true;
        // The budget limits the load on a slow balancer. Replacing a dead connection adds none.
        if (!observed.oldConnectionsDead(scheduler.now()) && !retryBudget.tryRetry()) return undefined;
        return send('repeated', false, signal);
      },
    }).finally(observed.end);
  }

  /** Sends one request without a body. A read without a response for some time is sent on a new connection too. */
  call(method: 'GET' | 'DELETE', path: string, headers: Record<string, string>): Promise<BalancerResult> {
    if (method === 'DELETE') return this.#send(method, path, { headers });
    const { hedgeAfterMs, http, retryBudget } = this.#options;
    retryBudget.request();
    const send = (signal: AbortSignal) => this.#send(method, path, { headers, signals: [signal] });
    const second = (signal: AbortSignal) => {
      if (!retryBudget.tryRetry()) return undefined;
      http.closeIdleConnections(hedgeAfterMs);
      return send(signal);
    };
    return hedged({ afterMs: hedgeAfterMs, againAfterMs: HEDGE_AGAIN_MS, first: send, second });
  }

  /** Sends one request that replaces something. It is not repeated. */
  put(path: string, body: object, headers: Record<string, string>): Promise<BalancerResult> {
    return this.#send('PUT', path, { body: jsonBody(body), headers });
  }

  /** Queries the balancer's health. */
  health(): Promise<BalancerResult> {
    return this.#send('GET', '/health', { timeoutMs: HEALTH_TIMEOUT_MS });
  }

  /** Returns why the balancer can place no request, or undefined if it can. */
  async notReady(): Promise<string | undefined> {
    const result = await this.#send('GET', '/ready', { timeoutMs: HEALTH_TIMEOUT_MS });
    if ('unreachable' in result) return `the balancer does not respond (${result.reason})`;
    // A balancer of another implementation may have no such route.
    if (result.status < 500) return undefined;
    return readinessSchema.safeParse(result.body).data?.reason ?? `the balancer responded ${result.status}`;
  }

  #chargeAnswered(response: ServiceResponse): void {
    const { connection } = response;
    this.#sharesCopies = response.header(REQUEST_COPY_HEADER) === 'shared';
    const now = this.#options.scheduler.now();
    if (connection !== undefined) this.#connections.responded(now - connection.ageMs, now);
  }

  async #send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    details: Omit<ServiceRequest, 'method' | 'url'>,
  ): Promise<BalancerResult> {
    try {
      const response = await this.#options.http.request({ method, url, ...details });
      if (method === 'POST') this.#chargeAnswered(response);
      const { data, status } = response;
      return { status, body: data, retryAfter: response.header('retry-after') };
    } catch (error) {
      if (!(error instanceof NoResponseError)) throw error;
      return { unreachable: true, mayHaveActed: error.kind === 'ambiguous', reason: error.code };
    }
  }
}

/** An id that only this service knows cannot have left anything behind before either. */
function nothingSent(history: RequestHistory): RequestTrace {
  return history === 'new' ? 'nothing' : 'nothing-sent';
}
