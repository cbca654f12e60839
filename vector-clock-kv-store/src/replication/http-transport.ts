import {
  type AddressGuard,
  createHttpClient,
  jsonBody,
  type PeerTls,
  type Token,
} from '@gridclock/service-kit';
import type { AxiosInstance } from 'axios';
import { z } from 'zod';
import type { LifeId } from '../causality/lineage.ts';
import { type NodeId, nameOf } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import { type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';

import { MAX_PEER_RESPONSE_BYTES, MAX_SNAPSHOT_RESPONSE_BYTES } from '../limits.ts';
import type { ClaimAnswer } from '../membership/claim.ts';
import {
  claimAnswerSchema,
  heartbeatSchema,
  replicateResponseSchema,
  snapshotSchema,
} from '../messages/peer.ts';
import { withPruned } from '../retirement/reported-clocks.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import { EVENT_HEADER, LIFE_HEADER, NODE_HEADER, TO_LIFE_HEADER } from './headers.ts';
import {
  type ClaimRequest,
  type Heartbeat,
  NoClaimsError,
  NoHeartbeatError,
  NoSnapshotsError,
  RefusedError,
  RejectedError,
  type Transport,
} from './transport.ts';

/** 5 s: a healthy peer responds within milliseconds, so it is paused or cut off. The link sends again. */
const REQUEST_TIMEOUT_MS = 5_000;

const refusalSchema = z.object({ error: z.string() });

export type HttpTransportOptions = {
  self: NodeId;
  /** The life of this node. */
  life?: LifeId;
  /** The cluster token, if the cluster has one. */
  token: string | Token | undefined;
  /** Judges the addresses that the peer's URL leads to. */
  guard?: AddressGuard;
  /** Undefined without TLS. */
  tls?: PeerTls | undefined;
  /** Called for every message sent; returns the value of its event header. */
  traceContext?: (writes: readonly Write[]) => string | undefined;
};

/** Sends requests to a peer over HTTP. */
export class HttpTransport implements Transport {
  readonly #http: AxiosInstance;
  readonly #traceContext: ((writes: readonly Write[]) => string | undefined) | undefined;

  constructor(peer: Peer, { self, life, token, guard, tls, traceContext }: HttpTransportOptions) {
    this.#traceContext = traceContext;
    this.#http = createHttpClient({
      baseURL: peer.url,
      timeoutMs: REQUEST_TIMEOUT_MS,
      maxResponseBytes: MAX_PEER_RESPONSE_BYTES,
      headers: {
        [NODE_HEADER]: self,
        ...(life === undefined ? {} : { [LIFE_HEADER]: life }),
      },
      token,
      guard,
      tls,
    });
  }

  async replicate(writes: readonly Write[], to?: LifeId): Promise<VectorClock | undefined> {
    const context = this.#traceContext?.(writes);
    const { status, data } = await this.#http.post<unknown>(
      '/replicate',
      jsonBody(writes.length === 1 ? writes[0] : writes),
      {
        headers: {
          ...(context === undefined ? {} : { [EVENT_HEADER]: context }),
          ...(to === undefined ? {} : { [TO_LIFE_HEADER]: to }),
        },
      },
    );
    if (status === 503) throw new RefusedError(refusalOf(data));
    if (status === 400 || status === 413 || status === 422)
      throw new RejectedError(`the peer responded ${status} to /replicate: ${refusalOf(data)}`);
    if (status < 200 || status > 299) throw new Error(`the peer responded ${status} to /replicate`);
    return replicateResponseSchema.safeParse(data).data?.vc;
  }

  async heartbeat(): Promise<Heartbeat> {
    const { status, data } = await this.#http.get<unknown>('/');
    if (status === 404) throw new NoHeartbeatError('the peer does not support heartbeats');
    const heartbeat = heartbeatSchema.safeParse(data);
    if (status !== 200 || !heartbeat.success)
      throw new Error(`invalid heartbeat response (status ${status})`);
    const {
      vector_clock: clock,
      heard_of: heardOf = clock,
      pruned = zeroClock,
      peers,
      status: peerStatus,
      removed,
      node_id: nodeId,
      name = nodeId === undefined ? undefined : nameOf(nodeId),
      clock_id: id = nodeId,
      life,
      lineage,
      record,
      needs,
      retired,
    } = heartbeat.data;
    if (name === undefined) throw new NoHeartbeatError('the peer does not say who it is');
    return withPruned({
      name,
      id,
      status: peerStatus,
      life,
      lineage,
      record,
      needs,
      retired,
      clock,
      heardOf,
      pruned,
      peers,
      removed,
    });
  }

  async join(member: Peer): Promise<void> {
    const { status } = await this.#http.post<unknown>('/members', jsonBody(member));
    if (status !== 200) throw new Error(`the peer responded ${status} to /members`);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    const { status, data } = await this.#http.post<unknown>('/claims', jsonBody(request));
    if (status === 404) throw new NoClaimsError('the peer does not support claims');
    if (status !== 200) throw new Error(`the peer responded ${status} to /claims`);
    return claimAnswerSchema.parse(data);
  }

  async snapshot(cursor: string | undefined): Promise<SnapshotPage> {
    const { status, data } = await this.#http.get<unknown>('/snapshot', {
      params: { mark: cursor },
      maxContentLength: MAX_SNAPSHOT_RESPONSE_BYTES,
    });
    if (status === 404) throw new NoSnapshotsError('the peer does not support snapshots');
    if (status !== 200) throw new Error(`the peer responded ${status} to /snapshot`);
    return snapshotSchema.parse(data);
  }
}

/** Returns the peer's reason for a 503, at most a line. */
function refusalOf(data: unknown): string {
  const { error } = refusalSchema.safeParse(data).data ?? {};
  return error === undefined
    ? 'the peer refused the writes for now'
    : `the peer refused: ${error.slice(0, 200)}`;
}
