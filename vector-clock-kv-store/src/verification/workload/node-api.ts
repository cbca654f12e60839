import { createHttpClient } from '@gridclock/service-kit';
import type { AxiosInstance } from 'axios';
import { z } from 'zod';
import type { VectorClock } from '../../causality/vector-clock.ts';
import type { Version } from '../../causality/versions.ts';
import { clockSchema, snapshotSchema } from '../../messages.ts';
import type { FinalState } from '../history/check-run.ts';

const heartbeatSchema = z.object({ node_id: z.string(), status: z.string(), vector_clock: clockSchema });

const stateSchema = z.object({ vector_clock: clockSchema, buffered: z.array(z.unknown()) });

/** A node that does not answer within this time is paused or busy, in milliseconds; whoever asks tries again. */
const ANSWER_WITHIN_MS = 3_000;

/** What an operator asks of nodes, beside what clients do. */
export class NodeAdmin {
  readonly #http: AxiosInstance;

  /** @param token the cluster's, when it has one */
  constructor(token?: string) {
    this.#http = createHttpClient({
      timeoutMs: ANSWER_WITHIN_MS,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  }

  /** A node's clock when it serves; undefined when it does not, or does not answer. */
  async servingClock(url: string): Promise<VectorClock | undefined> {
    const answer = await this.#http.get<unknown>(url).catch(() => undefined);
    const heartbeat = heartbeatSchema.safeParse(answer?.data);
    return heartbeat.data?.status === 'ok' ? heartbeat.data.vector_clock : undefined;
  }

  /** A node's clock when it serves and nothing waits in its buffer. */
  async settledClock(url: string): Promise<VectorClock | undefined> {
    if ((await this.servingClock(url)) === undefined) return undefined;
    const answer = await this.#http.get<unknown>(`${url}/state`).catch(() => undefined);
    const state = stateSchema.safeParse(answer?.data).data;
    return state?.buffered.length === 0 ? state.vector_clock : undefined;
  }

  /** Strikes a node's way to a peer; see fault-routes.ts. Resolves to whether it did. */
  async fault(url: string, fault: { peer: string; action: string; delay_ms?: number }): Promise<boolean> {
    const answer = await this.#http.post(`${url}/faults`, fault).catch(() => undefined);
    return answer?.status === 200;
  }

  /** All that a node has. */
  async finalState(node: string, url: string): Promise<FinalState> {
    const versions = new Map<string, readonly Version[]>();
    let page = await this.#page(url, undefined);
    const { clock } = page;
    for (; ; page = await this.#page(url, page.next)) {
      for (const [key, ofKey] of page.entries) versions.set(key, ofKey);
      if (page.next === undefined) return { node, clock, versions };
    }
  }

  async #page(url: string, mark: string | undefined) {
    const { data } = await this.#http.get<unknown>(`${url}/snapshot`, { params: { mark } });
    return snapshotSchema.parse(data);
  }
}
