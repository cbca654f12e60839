import {
  type AddressGuard,
  type PeerTls,
  ServiceClient,
  type ServiceResponse,
  Token,
} from '@gridclock/service-kit';
import type { LifeId } from '../causality/lineage.ts';
import type { NodeId } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import { MAX_PEER_RESPONSE_BYTES, MAX_SNAPSHOT_RESPONSE_BYTES } from '../limits.ts';
import type { ClaimAnswer } from '../membership/claim.ts';
import {
  claimAnswerSchema,
  heartbeatSchema,
  replicateResponseSchema,
  snapshotSchema,
} from '../messages/peer.ts';
import { CHALLENGE_HEADER, PROOF_HEADER } from '../messages/peer-authentication.ts';
import type { SnapshotPage } from '../storage/storage.ts';
import type { WriteTracing } from '../tracing/write-tracing.ts';
import {
  EVENT_HEADER,
  LIFE_HEADER,
  NODE_HEADER,
  TO_LIFE_HEADER,
  TRACES_HEADER,
  WIRE_HEADER,
} from './headers.ts';
import { readHeartbeat } from './heartbeat-response.ts';
import { messageBody } from './message-body.ts';
import { newChallenge, PeerCredentials } from './peer-credentials.ts';
import { refusalOf } from './refusal.ts';
import {
  type ClaimRequest,
  type Heartbeat,
  IncompatiblePeerError,
  NoClaimsError,
  NoHeartbeatError,
  NoSnapshotsError,
  RefusedError,
  RejectedError,
  type Transport,
} from './transport.ts';
import { commonVersion, FIRST_WIRE_FORMATS, WIRE_FORMATS, type WireFormats } from './wire-formats.ts';

/** 5 s: a healthy peer responds within milliseconds, so it is paused or cut off. The link sends again. */
const REQUEST_TIMEOUT_MS = 5_000;

export type HttpTransportOptions = {
  self: NodeId;
  /** The life of this node. */
  life: LifeId;
  /** The cluster token, if the cluster has one. */
  token: string | Token | undefined;
  /** Whether PEERS names the peer at this address; any other one must prove that it knows the token. */
  isConfigured: boolean;
  /** Returns a larger number with every call, for all peers of this life. */
  nextSequence: () => number;
  /** The names of nodes that have sent the token itself, because they know no proofs. */
  tokenSenders: Set<string>;
  /** Judges the addresses that the peer's URL leads to. */
  guard?: AddressGuard;
  /** Undefined without TLS. */
  tls?: PeerTls | undefined;
  /** Which messages this node reads and writes; those of this release by default. */
  wire?: WireFormats;
  /** Called for every message sent; returns the value of its event header. */
  traceContext?: (writes: readonly Write[]) => string | undefined;
  /** Undefined where tracing is off. */
  tracing?: WriteTracing | undefined;
};

type Method = 'GET' | 'POST' | 'DELETE';
type PeerRequest = { body?: string; headers?: Record<string, string>; maxResponseBytes?: number };

/** Sends requests to a peer over HTTP. */
export class HttpTransport implements Transport {
  readonly #http: ServiceClient;
  readonly #peer: string;
  readonly #tracing: WriteTracing | undefined;
  /** Sent with every request. */
  readonly #headers: Record<string, string>;
  readonly #traceContext: ((writes: readonly Write[]) => string | undefined) | undefined;
  readonly #wire: WireFormats;
  /** The version of the messages to this peer. */
  #version: number;
  /** Undefined if the cluster has no token. */
  readonly #credentials: PeerCredentials | undefined;

  constructor(peer: Peer, options: HttpTransportOptions) {
    const { guard, life, self, tls, token, traceContext, tracing, wire = WIRE_FORMATS } = options;
    this.#peer = peer.id;
    this.#tracing = tracing;
    this.#traceContext = traceContext;
    this.#wire = wire;
    [this.#version] = wire.reads;
    if (token !== undefined)
      this.#credentials = new PeerCredentials({
        ...options,
        token: Token.from(token),
        peer,
        self: { name: self, life },
      });
    this.#headers = { [NODE_HEADER]: self, [LIFE_HEADER]: life };
    this.#http = new ServiceClient({
      baseUrl: peer.url,
      timeoutMs: REQUEST_TIMEOUT_MS,
      maxResponseBytes: MAX_PEER_RESPONSE_BYTES,
      guard,
      tls,
      tracing: tracing?.tracing,
    });
  }

  async replicate(writes: readonly Write[], to?: LifeId): Promise<VectorClock | undefined> {
    const context = this.#traceContext?.(writes);
    const message = this.#tracing?.messageTo(this.#peer, writes);
    // Stated with the message: a heartbeat that comes before it may change the version.
    const version = this.#version;
    const send = () =>
      this.#request('POST', '/replicate', {
        body: messageBody(writes, version),
        headers: {
          ...wireHeader(version),
          ...(context === undefined ? {} : { [EVENT_HEADER]: context }),
          ...(to === undefined ? {} : { [TO_LIFE_HEADER]: to }),
          ...(message === undefined ? {} : { [TRACES_HEADER]: message.header }),
        },
      });
    const { status, data } = await (message === undefined ? send() : message.traced(send));
    if (status === 503) throw new RefusedError(refusalOf(data));
    if (status === 400 || status === 413 || status === 422)
      throw new RejectedError(`the peer responded ${status} to /replicate: ${refusalOf(data)}`);
    if (status === 415) throw new IncompatiblePeerError(refusalOf(data));
    if (status < 200 || status > 299) throw new Error(`the peer responded ${status} to /replicate`);
    return replicateResponseSchema.safeParse(data).data?.vc;
  }

  async heartbeat(): Promise<Heartbeat> {
    const challenge = newChallenge();
    const response = await this.#requestHeartbeat(challenge);
    const { status, data, text } = response;
    const heartbeat = heartbeatSchema.safeParse(data);
    if (status === 404 || (status === 200 && heartbeat.success)) {
      const { life, name, wire = FIRST_WIRE_FORMATS } = heartbeat.data ?? {};
      this.#credentials?.heard(challenge, {
        name,
        life,
        text,
        proof: response.header(PROOF_HEADER),
      });
      // Also without a heartbeat: another implementation may have taken the place of a node.
      this.#version = commonVersion(this.#wire, wire) ?? this.#version;
    }
    if (status === 404) throw new NoHeartbeatError('the peer does not support heartbeats');
    if (status !== 200 || !heartbeat.success)
      throw new Error(`invalid heartbeat response (status ${status})`);
    return readHeartbeat(heartbeat.data);
  }

  async join(member: Peer): Promise<void> {
    const { status } = await this.#request('POST', '/members', { body: JSON.stringify(member) });
    if (status !== 200) throw new Error(`the peer responded ${status} to /members`);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    const { status, data } = await this.#request('POST', '/claims', { body: JSON.stringify(request) });
    if (status === 404) throw new NoClaimsError('the peer does not support claims');
    if (status !== 200) throw new Error(`the peer responded ${status} to /claims`);
    return claimAnswerSchema.parse(data);
  }

  async snapshot(cursor: string | undefined): Promise<SnapshotPage> {
    const query = cursor === undefined ? '' : `?${new URLSearchParams({ mark: cursor })}`;
    const { status, data } = await this.#request('GET', `/snapshot${query}`, {
      maxResponseBytes: MAX_SNAPSHOT_RESPONSE_BYTES,
    });
    if (status === 404) throw new NoSnapshotsError('the peer does not support snapshots');
    if (status !== 200) throw new Error(`the peer responded ${status} to /snapshot`);
    return snapshotSchema.parse(data);
  }

  /** Sends any request, with this node's credentials. @param path with the query, encoded */
  async ask(
    method: Method,
    path: string,
    body: string | undefined,
  ): Promise<{ status: number; data: unknown }> {
    const { status, data } = await this.#request(method, path, body === undefined ? {} : { body });
    return { status, data };
  }

  /** @param path with the query, encoded */
  async #request(method: Method, path: string, request: PeerRequest = {}): Promise<ServiceResponse> {
    const { headers, ...rest } = request;
    const send = async () => {
      const authorization = await this.#authorization(method, path, request.body ?? '');
      return this.#http.request({
        method,
        url: path,
        headers: {
          ...this.#headers,
          ...wireHeader(this.#version),
          ...headers,
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...rest,
      });
    };
    const response = await send();
    // Signed for a life that has ended since: the one that follows has to prove itself too.
    return response.status === 401 && this.#credentials?.forgetProof() ? send() : response;
  }

  async #authorization(method: string, path: string, body: string): Promise<string | undefined> {
    const credentials = this.#credentials;
    if (credentials === undefined) return undefined;
    if (!credentials.isDecided)
      await this.heartbeat().catch((error: unknown) => {
        if (!(error instanceof NoHeartbeatError)) throw error;
      });
    return credentials.authorization(method, path, body);
  }

  async #requestHeartbeat(challenge: string): Promise<ServiceResponse> {
    const credentials = this.#credentials;
    const ask = (headers: Record<string, string>) =>
      this.#http.request({ method: 'GET', url: '/', headers: { ...this.#headers, ...headers } });
    if (credentials === undefined) return ask({});
    // Signed, where that is possible, so that the peer answers it also while it is overloaded.
    const authorization = credentials.signature('GET', '/', '');
    const response = await ask({
      [CHALLENGE_HEADER]: challenge,
      ...(authorization === undefined ? {} : { authorization }),
    });
    // An implementation that wants the token even here.
    if (response.status !== 401 || !credentials.mayGetToken) return response;
    return ask({ authorization: credentials.bearer() });
  }
}

/** The first version is not stated, as earlier releases expect. */
function wireHeader(version: number): Record<string, string> {
  return version === FIRST_WIRE_FORMATS.writes ? {} : { [WIRE_HEADER]: String(version) };
}
