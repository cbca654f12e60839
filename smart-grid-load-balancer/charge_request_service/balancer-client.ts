import {
  type IdentifiedChargeRequest,
  OUTCOME_UNKNOWN,
  REQUEST_HISTORY_HEADER,
  type RequestHistory,
} from '@gridclock/grid-protocol';
import { transportFailure } from '@gridclock/service-kit';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { z } from 'zod';

/** An answer of the balancer, to be passed on. */
export type BalancerAnswer = { status: number; body: unknown; retryAfter: string | undefined };

/** `sent`: whether the balancer may have acted on the request before it fell silent. */
export type BalancerSilence = { silent: true; sent: boolean; reason: string };

export type BalancerClientOptions = {
  /** Its base URL is the balancer's. */
  http: AxiosInstance;
  clock: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** How long an open outcome is asked for, in milliseconds. */
  patienceMs: number;
};

/** The first pause before asking again, in milliseconds; it doubles up to the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Milliseconds after which a balancer that says nothing of its health counts as unreachable. */
const HEALTH_TIMEOUT_MS = 2_000;

const openSchema = z.looseObject({ error: z.literal(OUTCOME_UNKNOWN), sent: z.boolean().default(true) });

/** Talks with the balancer, and asks again where a vehicle may have been accepted without anyone knowing. */
export class BalancerClient {
  readonly #options: BalancerClientOptions;

  constructor(options: BalancerClientOptions) {
    this.#options = options;
  }

  /**
   * Sends one charge request. As long as its outcome is open, it is asked for again with the same request_id;
   * a balancer that cannot be connected to at all is not waited for.
   */
  async charge(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
  ): Promise<BalancerAnswer | BalancerSilence> {
    const { clock, patienceMs, random } = this.#options;
    const deadline = clock.now() + patienceMs;
    let known = history;
    let open = false;
    for (let attempt = 0; ; attempt += 1) {
      const headers = { [REQUEST_HISTORY_HEADER]: known };
      const answer = await this.#send('POST', '/route_charge', request, headers);
      const silent = 'silent' in answer;
      const unknown = silent ? undefined : openSchema.safeParse(answer.body).data;
      // As long as the balancer has only looked for it, the request is as new as before.
      if (silent ? answer.sent : unknown?.sent) known = 'repeated';
      open ||= silent ? answer.sent : unknown !== undefined;
      const settled = silent ? !open : unknown === undefined;
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + random());
      if (settled || clock.now() + pauseMs >= deadline) return silent ? { ...answer, sent: open } : answer;
      await sleep(clock, pauseMs);
    }
  }

  /** Passes one call on, once. */
  call(method: 'GET' | 'DELETE', path: string): Promise<BalancerAnswer | BalancerSilence> {
    return this.#send(method, path);
  }

  /** Asks whether the balancer lives. */
  health(): Promise<BalancerAnswer | BalancerSilence> {
    return this.#send('GET', '/health', undefined, {}, HEALTH_TIMEOUT_MS);
  }

  async #send(
    method: string,
    url: string,
    data?: unknown,
    headers: Record<string, string> = {},
    timeout?: number,
  ): Promise<BalancerAnswer | BalancerSilence> {
    const limit = timeout === undefined ? {} : { timeout };
    try {
      return readAnswer(await this.#options.http.request<unknown>({ method, url, data, headers, ...limit }));
    } catch (error) {
      const { kind, reason } = transportFailure(error);
      return { silent: true, sent: kind === 'ambiguous', reason };
    }
  }
}

function readAnswer({ status, data, headers }: AxiosResponse<unknown>): BalancerAnswer {
  const retryAfter: unknown = headers['retry-after'];
  return { status, body: data, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined };
}
