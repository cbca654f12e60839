import { type ServiceTls, transportFailure } from '@gridclock/service-kit';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import { CausalClient } from '../../causal-client.ts';
import { type FaultRequest, NodeApi, NodeResponseError, type NodeState } from '../workload/node-api.ts';
import type { ClusterMember, FoundFault } from './cluster-member.ts';
import { HeldLinks, sendFault } from './held-links.ts';
import { ScenarioFailure } from './scenario-failure.ts';

/** In milliseconds. A healthy local cluster settles within milliseconds; 20 s allow for an overloaded machine. */
const SETTLE_WITHIN_MS = 20_000;

/** In milliseconds. A scenario does not retry a request, so an overloaded node gets more time than the default. */
const REQUEST_TIMEOUT_MS = 10_000;

export type ClusterOptions = {
  /** The URL of each node. */
  urls: readonly string[];
  /** A prefix for keys that no earlier run on this cluster used. */
  run: string;
  /** The cluster token, if the cluster has one. */
  token?: string | undefined;
  /** How long the nodes may take, in milliseconds. 30 s: a node checks its data while it starts. */
  withinMs?: number;
  /** Undefined for nodes without TLS. */
  tls?: ServiceTls | undefined;
  /** Once it aborts, no more faults are injected and whatever uses the cluster fails with its reason. */
  interrupted: AbortSignal;
};

/** A running cluster, as the scenarios see it from outside: its nodes by name, and keys that are unique to one run. */
export class Cluster {
  readonly nodes: readonly ClusterMember[];
  readonly #api: NodeApi;
  readonly #held: HeldLinks;
  readonly #options: ClusterOptions;

  private constructor(nodes: readonly ClusterMember[], api: NodeApi, options: ClusterOptions) {
    this.nodes = nodes;
    this.#api = api;
    this.#held = new HeldLinks(api);
    this.#options = options;
  }

  /**
   * Reads the nodes' names and waits until every node serves.
   *
   * @throws Error naming the node that is not ready, or that is listed twice: one node listed
   *   twice would satisfy every guarantee between nodes
   */
  static async connect(options: ClusterOptions): Promise<Cluster> {
    const { urls, token, withinMs = 30_000, tls } = options;
    const api = new NodeApi({ token, tls, timeoutMs: REQUEST_TIMEOUT_MS });
    const nodes = await Promise.all(
      urls.map((url) => waitUntilServing(api, url.replace(/\/+$/, ''), withinMs)),
    );
    const twice = nodes.find(({ name }, index) => nodes.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined)
      throw new Error(`${twice.name} responds at more than one of the URLs; list each node once`);
    return new Cluster(nodes, api, options);
  }

  /** Returns a key that is unique to this run, because a cluster keeps what earlier runs wrote. */
  key(name: string): string {
    return `${this.#options.run}:${name}`;
  }

  /** Returns a client with an empty causal context. */
  client(): CausalClient {
    return new CausalClient({ nodes: this.nodes.map(({ url }) => url), tls: this.#options.tls });
  }

  state(node: ClusterMember): Promise<NodeState> {
    return this.#api.state(node.url);
  }

  /** Reads a key without causal context: whatever the node shows at this moment. */
  async peek(node: ClusterMember, key: string): Promise<unknown> {
    return (await this.client().get(key, { node: node.url })).value;
  }

  /** Resolves once `condition` holds; rejects, naming the expectation, if it does not hold in time. */
  async eventually(expectation: string, condition: () => Promise<boolean>): Promise<void> {
    const checked = () => {
      this.#options.interrupted.throwIfAborted();
      return condition();
    };
    await pWaitFor(checked, { interval: 25, timeout: SETTLE_WITHIN_MS }).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
      throw new ScenarioFailure(`expected within ${SETTLE_WITHIN_MS / 1000} s: ${expectation}`);
    });
  }

  /** Injects a fault of the link from a node to a peer, until `heal`. */
  async fault(node: ClusterMember, fault: FaultRequest): Promise<void> {
    this.#options.interrupted.throwIfAborted();
    await this.#held.inject(node, fault);
  }

  /**
   * Releases every link that `fault` was called for, also after an interruption.
   *
   * @returns the names of these links
   * @throws ScenarioFailure naming the links that it could not release
   */
  heal(): Promise<string[]> {
    return this.#held.release();
  }

  /** Lists the faults that the nodes show, whoever injected them. */
  async activeFaults(): Promise<FoundFault[]> {
    const heartbeats = await Promise.all(this.nodes.map(({ url }) => this.#api.heartbeat(url)));
    return this.nodes.flatMap((node, index) =>
      (heartbeats[index]?.faults ?? []).map((fault) => ({ ...fault, node })),
    );
  }

  /** Releases every fault of the link from a node to a peer, whoever injected it. */
  releaseLink(node: ClusterMember, peer: string): Promise<void> {
    return sendFault(this.#api, node, { peer, action: 'release' });
  }

  othersThan(node: ClusterMember): ClusterMember[] {
    return this.nodes.filter((other) => other !== node);
  }
}

/** 3 s: nodes that were started together open their ports within a second or two of each other. */
const LISTENING_WITHIN_MS = 3_000;

async function waitUntilServing(api: NodeApi, url: string, withinMs: number): Promise<ClusterMember> {
  const startedAt = performance.now();
  let reason = 'it does not respond';
  let name = '';
  const isServing = async () => {
    try {
      const heartbeat = await api.heartbeat(url);
      name = heartbeat.name ?? heartbeat.node_id;
      reason = `it is still ${heartbeat.status}`;
      return heartbeat.status !== 'starting' && heartbeat.status !== 'catching-up';
    } catch (error) {
      if (error instanceof NodeResponseError || error instanceof z.ZodError) {
        reason = 'the server at this URL is not a node of this store';
        return false;
      }
      const failure = transportFailure(error);
      reason = `it does not respond (${failure.reason})`;
      if (failure.kind === 'refused' && performance.now() - startedAt > LISTENING_WITHIN_MS)
        throw notReady(url, reason);
      return false;
    }
  };
  await pWaitFor(isServing, { interval: 100, timeout: withinMs }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    throw notReady(url, reason);
  });
  return { name, url };
}

function notReady(url: string, reason: string): Error {
  return new Error(
    `node at ${url} is not ready: ${reason}. Start the nodes (npm start), or set --nodes to their URLs.`,
  );
}
