import { createHttpClient } from '@gridclock/service-kit';
import type { AxiosInstance } from 'axios';
import type { NodeId } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import { type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import { heartbeatSchema, replicateAnswerSchema, snapshotSchema } from '../messages.ts';
import { EVENT_HEADER } from '../trace/trace-context.ts';
import {
  type Heartbeat,
  NoHeartbeatError,
  RefusedError,
  type SnapshotPage,
  type Transport,
} from './transport.ts';

/** Names the asking node, so that the asked one knows that it is back. */
export const NODE_HEADER = 'x-gridclock-node';

/** A peer that does not answer for this long, in milliseconds, is paused or cut off; what was sent is sent again. */
const REQUEST_TIMEOUT_MS = 5_000;

/** The way to a peer over HTTP, as the contract says. */
export class HttpTransport implements Transport {
  readonly #http: AxiosInstance;
  readonly #stamp: ((writes: readonly Write[]) => string | undefined) | undefined;

  /**
   * @param token the cluster's token, when it has one
   * @param stamp called for every message that leaves; what it returns goes along as the event header
   */
  constructor(
    self: NodeId,
    peer: Peer,
    token: string | undefined,
    stamp?: (writes: readonly Write[]) => string | undefined,
  ) {
    this.#stamp = stamp;
    this.#http = createHttpClient({
      baseURL: peer.url,
      timeoutMs: REQUEST_TIMEOUT_MS,
      headers: {
        [NODE_HEADER]: self,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  }

  async replicate(writes: readonly Write[]): Promise<VectorClock | undefined> {
    const stamp = this.#stamp?.(writes);
    const { status, data } = await this.#http.post<unknown>(
      '/replicate',
      writes.length === 1 ? writes[0] : writes,
      stamp === undefined ? {} : { headers: { [EVENT_HEADER]: stamp } },
    );
    if (status === 503) throw new RefusedError('the peer has no room for more');
    if (status < 200 || status > 299) throw new Error(`the peer answered ${status} to /replicate`);
    return replicateAnswerSchema.safeParse(data).data?.vc;
  }

  async heartbeat(): Promise<Heartbeat> {
    const { status, data } = await this.#http.get<unknown>('/');
    if (status === 404) throw new NoHeartbeatError('the peer has no heartbeat');
    const answer = heartbeatSchema.safeParse(data);
    if (status !== 200 || !answer.success)
      throw new Error(`the peer answered ${status} to a heartbeat, or not as a node`);
    const {
      vector_clock: clock,
      heard_of: heardOf = clock,
      pruned = zeroClock,
      peers,
      removed,
    } = answer.data;
    return { clock, heardOf, pruned, peers, removed };
  }

  async join(member: Peer): Promise<void> {
    const { status } = await this.#http.post<unknown>('/members', member);
    if (status !== 200) throw new Error(`the peer answered ${status} to /members`);
  }

  async snapshot(mark: string | undefined): Promise<SnapshotPage> {
    const { status, data } = await this.#http.get<unknown>('/snapshot', { params: { mark } });
    if (status !== 200) throw new Error(`the peer answered ${status} to /snapshot`);
    const { clock, entries, next } = snapshotSchema.parse(data);
    return { clock, entries, next };
  }
}
