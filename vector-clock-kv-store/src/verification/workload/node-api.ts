import { createHttpClient, jsonBody, type ServiceTls } from '@gridclock/service-kit';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { z } from 'zod';
import type { VectorClock } from '../../causality/vector-clock.ts';
import type { Version } from '../../causality/versions.ts';
import { clockSchema } from '../../messages/clock.ts';
import { snapshotSchema } from '../../messages/peer.ts';
import type { FinalState } from '../history/check-run.ts';

const activeFaultSchema = z.object({
  peer: z.string(),
  action: z.string(),
  remaining_ms: z.number().optional(),
});

const heartbeatSchema = z.object({
  node_id: z.string(),
  name: z.string().optional(),
  clock_id: z.string().optional(),
  status: z.string(),
  vector_clock: clockSchema,
  // Another implementation may mean something else by it.
  faults: z.array(activeFaultSchema).optional().catch(undefined),
});

const stateSchema = z.object({
  node_id: z.string(),
  clock_id: z.string(),
  store: z.record(z.string(), z.unknown()),
  vector_clock: clockSchema,
  buffered: z.array(
    z.object({ key: z.string(), value: z.unknown(), sender: z.string(), vector_clock: clockSchema }),
  ),
});

const membersSchema = z.object({ removed: z.array(z.string()) });

/** The body of `GET /`. */
export type NodeHeartbeat = z.output<typeof heartbeatSchema>;

/** An active fault of the link to a peer, as `GET /` shows it. */
export type ActiveFault = z.output<typeof activeFaultSchema>;

/** The body of `GET /state`. */
export type NodeState = z.output<typeof stateSchema>;

/** The body of `POST /faults`; see fault-routes.ts. */
export type FaultRequest = {
  peer: string;
  action: string;
  origin?: string;
  count?: number;
  delay_ms?: number;
  /** How long the fault lasts; 60 s if absent. */
  duration_ms?: number;
};

/** A node responded with a status other than 2xx. */
export class NodeResponseError extends Error {
  override readonly name = 'NodeResponseError';
  readonly status: number;
  readonly body: unknown;

  constructor({ config, status, data }: AxiosResponse<unknown>) {
    super(`${config.url} responded ${status}: ${JSON.stringify(data)}`);
    this.status = status;
    this.body = data;
  }
}

export type NodeApiOptions = {
  /** The cluster token, if the cluster has one. */
  token?: string | undefined;
  /** For nodes with TLS: the certificates of an operator. */
  tls?: ServiceTls | undefined;
  /** In milliseconds. 3 s: a node that is silent for longer is paused or overloaded, and callers retry. */
  timeoutMs?: number;
};

/** 256 MiB: the state of a node with more data than any test run writes. */
const MAX_STATE_BYTES = 256 * 1024 * 1024;

/**
 * The operator's view of nodes, each addressed by URL: heartbeat, state, snapshot and faults.
 * Requests reject with NodeResponseError on a status other than 2xx, with ZodError on an unexpected body, and with
 * AxiosError when the node does not respond.
 */
export class NodeApi {
  readonly #http: AxiosInstance;

  constructor({ token, tls, timeoutMs = 3_000 }: NodeApiOptions = {}) {
    this.#http = createHttpClient({
      timeoutMs,
      maxResponseBytes: MAX_STATE_BYTES,
      token,
      tls: tls && { tls },
    });
  }

  async heartbeat(url: string): Promise<NodeHeartbeat> {
    return heartbeatSchema.parse(await this.#get(url));
  }

  /** Resolves to the id under which a node makes writes; undefined if the node does not say. */
  async clockIdOf(url: string): Promise<string | undefined> {
    return (await this.heartbeat(url)).clock_id;
  }

  async state(url: string): Promise<NodeState> {
    return stateSchema.parse(await this.#get(`${url}/state`));
  }

  /** Reads a node's whole data set, page by page. */
  async finalState(node: string, url: string): Promise<FinalState> {
    const versions = new Map<string, readonly Version[]>();
    let page = await this.#snapshotPage(url, undefined);
    const { clock, retired } = page;
    for (; ; page = await this.#snapshotPage(url, page.next)) {
      for (const [key, ofKey] of page.keys) versions.set(key, ofKey);
      if (page.next === undefined) return { node, clock, versions, retired };
    }
  }

  /** Injects or releases a fault of the link from a node to a peer. */
  async fault(url: string, fault: FaultRequest): Promise<void> {
    expectSuccess(await this.#http.post<unknown>(`${url}/faults`, jsonBody(fault)));
  }

  /** As `fault`, but resolves to false when the request fails. */
  tryFault(url: string, fault: FaultRequest): Promise<boolean> {
    return this.fault(url, fault).then(
      () => true,
      () => false,
    );
  }

  /** Writes a value, without a session. */
  async put(url: string, key: string, value: unknown): Promise<void> {
    expectSuccess(await this.#http.post<unknown>(`${url}/put`, jsonBody({ key, value })));
  }

  /** Resolves to the names of the members that a node knows as removed. */
  async removedMembers(url: string): Promise<string[]> {
    return membersSchema.parse(await this.#get(`${url}/members`)).removed;
  }

  /** Adds a member to the cluster, again if it was removed. */
  async admit(url: string, member: { id: string; url: string }): Promise<void> {
    expectSuccess(await this.#http.post<unknown>(`${url}/members`, jsonBody(member)));
  }

  /** Removes a member from the cluster. */
  async expel(url: string, member: string): Promise<void> {
    expectSuccess(await this.#http.delete<unknown>(`${url}/members/${member}`));
  }

  /** Resolves to the clock of a node that serves clients, otherwise to undefined. */
  async servingClock(url: string): Promise<VectorClock | undefined> {
    const heartbeat = await this.heartbeat(url).catch(() => undefined);
    return heartbeat?.status === 'ok' ? heartbeat.vector_clock : undefined;
  }

  /** Resolves to the clock of a node that serves clients and whose buffer is empty, otherwise to undefined. */
  async settledClock(url: string): Promise<VectorClock | undefined> {
    if ((await this.servingClock(url)) === undefined) return undefined;
    const state = await this.state(url).catch(() => undefined);
    return state?.buffered.length === 0 ? state.vector_clock : undefined;
  }

  async #snapshotPage(url: string, cursor: string | undefined) {
    return snapshotSchema.parse(await this.#get(`${url}/snapshot`, { mark: cursor }));
  }

  async #get(url: string, params: object = {}): Promise<unknown> {
    return expectSuccess(await this.#http.get<unknown>(url, { params })).data;
  }
}

function expectSuccess(response: AxiosResponse<unknown>): AxiosResponse<unknown> {
  if (response.status < 200 || response.status >= 300) throw new NodeResponseError(response);
  return response;
}
