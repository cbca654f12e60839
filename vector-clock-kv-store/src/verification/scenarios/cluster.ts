import { createHttpClient, transportFailure } from '@gridclock/service-kit';
import type { AxiosInstance, AxiosResponse } from 'axios';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import { CausalClient } from '../../causal-client.ts';
import { clockSchema } from '../../messages.ts';
import { ScenarioFailure } from './scenario.ts';

/** One node of the cluster that the scenarios run on. */
export type ClusterMember = { name: string; url: string };

const heartbeatSchema = z.object({ node_id: z.string(), name: z.string().optional(), status: z.string() });

const stateSchema = z.object({
  store: z.record(z.string(), z.unknown()),
  vector_clock: clockSchema,
  buffered: z.array(
    z.object({ key: z.string(), value: z.unknown(), sender: z.string(), vector_clock: clockSchema }),
  ),
});

/** What `GET /state` shows. */
export type NodeState = z.output<typeof stateSchema>;

/** A healthy cluster on one machine settles in milliseconds; this is for a busy one. */
const SETTLE_WITHIN_MS = 20_000;

/** A cluster under way, as someone outside it sees and troubles it. */
export class Cluster {
  readonly nodes: readonly ClusterMember[];
  readonly #http: AxiosInstance;
  /** Makes the keys of this run its own: a cluster keeps what earlier runs wrote. */
  readonly #run: string;

  private constructor(nodes: readonly ClusterMember[], http: AxiosInstance, run: string) {
    this.nodes = nodes;
    this.#http = http;
    this.#run = run;
  }

  /**
   * Finds out who the nodes are, and waits until all of them serve.
   *
   * @param run a word that no earlier run on this cluster had
   * @param token the cluster's token, when it has one
   * @param withinMs how long the nodes may take
   * @throws Error that names the node that does not answer, or that was given twice: on one node every promise
   *   between nodes would hold by itself
   */
  static async reach(
    urls: readonly string[],
    run: string,
    token?: string,
    withinMs = 30_000,
  ): Promise<Cluster> {
    const http = createHttpClient({
      timeoutMs: 10_000,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const nodes = await Promise.all(urls.map((url) => reachNode(http, url.replace(/\/+$/, ''), withinMs)));
    const twice = nodes.find(({ name }, index) => nodes.findIndex((other) => other.name === name) !== index);
    if (twice !== undefined) throw new Error(`${twice.name} answers at more than one of the URLs given`);
    return new Cluster(nodes, http, run);
  }

  /** The key that is called `name` in a scenario, apart from those of other runs. */
  key(name: string): string {
    return `${this.#run}:${name}`;
  }

  /** A client that has seen nothing yet. */
  client(): CausalClient {
    return new CausalClient({ nodes: this.nodes.map(({ url }) => url) });
  }

  async state(node: ClusterMember): Promise<NodeState> {
    return stateSchema.parse(answered(await this.#http.get(`${node.url}/state`)).data);
  }

  /** Reads as someone does who has seen nothing: whatever the node shows at this moment. */
  async look(node: ClusterMember, key: string): Promise<unknown> {
    return (await this.client().get(key, { node: node.url })).value;
  }

  /** Resolves once `condition` holds; fails, naming `what`, when it does not within a deadline. */
  async eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
    await pWaitFor(condition, { interval: 25, timeout: SETTLE_WITHIN_MS }).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
      throw new ScenarioFailure(`${what}: not so within ${SETTLE_WITHIN_MS / 1000} s`);
    });
  }

  /** Strikes a node's way to a peer through the fault interface; see fault-routes.ts for the members. */
  async fault(
    node: ClusterMember,
    fault: { peer: string; action: string; [member: string]: unknown },
  ): Promise<void> {
    const answer = await this.#http.post(`${node.url}/faults`, fault);
    if (answer.status === 404)
      throw new ScenarioFailure(`${node.name} has no fault interface: start it with FAULTS=1`);
    answered(answer);
  }

  /** Takes back every fault on every link. */
  async heal(): Promise<void> {
    for (const node of this.nodes) {
      for (const peer of this.othersThan(node))
        await this.fault(node, { peer: peer.name, action: 'release' });
    }
  }

  othersThan(node: ClusterMember): ClusterMember[] {
    return this.nodes.filter((other) => other !== node);
  }
}

async function reachNode(http: AxiosInstance, url: string, withinMs: number): Promise<ClusterMember> {
  let trouble = 'it does not answer';
  let name = '';
  const serves = async () => {
    try {
      const {
        node_id: id,
        name: configured = id,
        status,
      } = heartbeatSchema.parse(answered(await http.get(url)).data);
      name = configured;
      trouble = `it is still ${status}`;
      return status !== 'starting' && status !== 'catching-up';
    } catch (error) {
      trouble =
        error instanceof ScenarioFailure || error instanceof z.ZodError
          ? 'what answers there is not a node of this store'
          : `it does not answer (${transportFailure(error).reason})`;
      return false;
    }
  };
  await pWaitFor(serves, { interval: 100, timeout: withinMs }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    throw new Error(`node at ${url} is not ready: ${trouble}`);
  });
  return { name, url };
}

function answered(answer: AxiosResponse<unknown>): AxiosResponse<unknown> {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new ScenarioFailure(`${answer.config.url} answered ${answer.status}: ${JSON.stringify(answer.data)}`);
}
