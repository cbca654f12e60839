import { transportFailure } from '@gridclock/service-kit';
import { type FaultRequest, type NodeApi, NodeResponseError } from '../workload/node-api.ts';
import type { ClusterMember } from './cluster-member.ts';
import { ScenarioFailure } from './scenario-failure.ts';

/** A link that a client has injected a fault on. */
type HeldLink = { node: ClusterMember; peer: string };

/** The links that a client has injected faults on, so that it can release them again, whatever happens. */
export class HeldLinks {
  readonly #api: NodeApi;
  readonly #held = new Map<string, HeldLink>();
  readonly #inFlight = new Set<Promise<void>>();

  constructor(api: NodeApi) {
    this.#api = api;
  }

  /** Injects a fault of the link from a node to a peer. */
  async inject(node: ClusterMember, fault: FaultRequest): Promise<void> {
    // Before the request: a node may have injected a fault whose response is lost.
    this.#held.set(`${node.url} ${fault.peer}`, { node, peer: fault.peer });
    const request = sendFault(this.#api, node, fault);
    this.#inFlight.add(request);
    try {
      await request;
    } finally {
      this.#inFlight.delete(request);
    }
  }

  /**
   * Releases the links, after requests in flight, which may still inject faults.
   *
   * @returns the links that it released, such as `node1 → node3`
   * @throws ScenarioFailure naming the links that it could not release
   */
  async release(): Promise<string[]> {
    await Promise.allSettled(this.#inFlight);
    const links = [...this.#held];
    const results = await Promise.allSettled(
      links.map(async ([id, { node, peer }]) => {
        await sendFault(this.#api, node, { peer, action: 'release' });
        this.#held.delete(id);
      }),
    );
    const names = links.map(([, { node, peer }]) => `${node.name} → ${peer}`);
    const failures = results.flatMap((result, index) =>
      result.status === 'fulfilled' ? [] : [`${names[index]} (${reasonOf(result.reason)})`],
    );
    if (failures.length > 0)
      throw new ScenarioFailure(
        `cannot release ${failures.join(', ')}; each fault ends by itself within 60 s`,
      );
    return names;
  }
}

/** @throws ScenarioFailure that says what the node lacks, or what the client does */
export async function sendFault(api: NodeApi, node: ClusterMember, fault: FaultRequest): Promise<void> {
  try {
    await api.fault(node.url, fault);
  } catch (error) {
    if (!(error instanceof NodeResponseError)) throw error;
    if (error.status === 404)
      throw new ScenarioFailure(`${node.name} has no fault routes; start it with FAULTS=1`);
    if (error.status === 401)
      throw new ScenarioFailure(
        `${node.name} requires the cluster token for faults; pass --token or --token-file`,
      );
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof ScenarioFailure || error instanceof NodeResponseError
    ? error.message
    : transportFailure(error).reason;
}
