import {
  type IdentifiedChargeRequest,
  OUTCOME_UNKNOWN,
  REQUEST_HISTORY_HEADER,
  type RequestHistory,
} from '@gridclock/grid-protocol';
import { transportFailure } from '@gridclock/service-kit';
import { fullJitterMs } from '@gridclock/service-kit/backoff';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { z } from 'zod';

/** A response of the balancer, to be relayed to the client. */
type BalancerResponse = { status: number; body: unknown; retryAfter: string | undefined };

/** The balancer did not respond. `mayHaveActed`: it may have received the request before the connection failed. */
type BalancerUnreachable = { unreachable: true; mayHaveActed: boolean; reason: string };

export type BalancerResult = BalancerResponse | BalancerUnreachable;

export type BalancerClientOptions = {
  /** Its base URL is the balancer's. */
  http: AxiosInstance;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** How long a request with an unknown outcome is repeated, in milliseconds. */
  patienceMs: number;
};

/**
 * On average 100 ms, which suffices after a dropped connection, and at most 1 s, so that a restarted balancer is
 * found soon: full jitter halves these limits on average.
 */
const RETRY_BACKOFF = { firstMs: 200, longestMs: 2_000 };

/** 2 s: `/health` and `/ready` respond within milliseconds, so two silent seconds mean that the balancer is unreachable. */
const HEALTH_TIMEOUT_MS = 2_000;

const outcomeUnknownSchema = z.looseObject({
  error: z.literal(OUTCOME_UNKNOWN),
  sent: z.boolean().default(true),
});

const readinessSchema = z.looseObject({ reason: z.string() });

/** Calls the balancer. Repeats a charge request as long as its outcome is unknown. */
export class BalancerClient {
  readonly #options: BalancerClientOptions;

  constructor(options: BalancerClientOptions) {
    this.#options = options;
  }

  /**
   * Sends a charge request, and repeats it with the same request_id while a vehicle may have been accepted
   * without a response. It does not wait for a balancer that never received the request.
   */
  async charge(request: IdentifiedChargeRequest, history: RequestHistory): Promise<BalancerResult> {
    const { scheduler, patienceMs, random } = this.#options;
    const deadline = scheduler.now() + patienceMs;
    let currentHistory = history;
    let mayBeCharging = false;
    for (let failures = 1; ; failures += 1) {
      const headers = { [REQUEST_HISTORY_HEADER]: currentHistory };
      const result = await this.#send('POST', '/route_charge', { data: request, headers });
      const outcome = outcomeOf(result);
      // While the balancer has only looked the request up, no substation has seen it.
      if (outcome.mayHaveActed) currentHistory = 'repeated';
      mayBeCharging ||= outcome.unknown;
      const settled = 'unreachable' in result ? !mayBeCharging : !outcome.unknown;
      const pauseMs = fullJitterMs(RETRY_BACKOFF, failures, random);
      if (settled || scheduler.now() + pauseMs >= deadline)
        return 'unreachable' in result ? { ...result, mayHaveActed: mayBeCharging } : result;
      await sleep(scheduler, pauseMs);
    }
  }

  /** Sends one request without a body, once. */
  call(method: 'GET' | 'DELETE', path: string): Promise<BalancerResult> {
    return this.#send(method, path);
  }

  /** Queries the balancer's health. */
  health(): Promise<BalancerResult> {
    return this.#send('GET', '/health', { timeout: HEALTH_TIMEOUT_MS });
  }

  /** Returns why the balancer can place no request, or undefined if it can. */
  async notReady(): Promise<string | undefined> {
    const result = await this.#send('GET', '/ready', { timeout: HEALTH_TIMEOUT_MS });
    if ('unreachable' in result) return `the balancer does not respond (${result.reason})`;
    // A balancer of another implementation may have no such route.
    if (result.status < 500) return undefined;
    return readinessSchema.safeParse(result.body).data?.reason ?? `the balancer responded ${result.status}`;
  }

  async #send(
    method: string,
    url: string,
    config: { data?: unknown; headers?: Record<string, string>; timeout?: number } = {},
  ): Promise<BalancerResult> {
    try {
      return toBalancerResponse(await this.#options.http.request<unknown>({ method, url, ...config }));
    } catch (error) {
      const { kind, reason } = transportFailure(error);
      return { unreachable: true, mayHaveActed: kind === 'ambiguous', reason };
    }
  }
}

/**
 * @returns `unknown`: the vehicle may be charging or not; `mayHaveActed`: the balancer may have sent the request
 *   to a substation
 */
function outcomeOf(result: BalancerResult): { unknown: boolean; mayHaveActed: boolean } {
  if ('unreachable' in result) return { unknown: result.mayHaveActed, mayHaveActed: result.mayHaveActed };
  const { data } = outcomeUnknownSchema.safeParse(result.body);
  return { unknown: data !== undefined, mayHaveActed: data?.sent ?? false };
}

function toBalancerResponse({ status, data, headers }: AxiosResponse<unknown>): BalancerResponse {
  const retryAfter: unknown = headers['retry-after'];
  return { status, body: data, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined };
}
