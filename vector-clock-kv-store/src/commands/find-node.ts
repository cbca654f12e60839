import { transportFailure } from '@gridclock/service-kit';
import type { ClusterMember } from '../verification/scenarios/cluster-member.ts';
import { type ActiveFault, type NodeApi, NodeResponseError } from '../verification/workload/node-api.ts';
import { CommandError } from './command-error.ts';

/** A node that responds. */
export type RespondingNode = ClusterMember & { status: string; faults: readonly ActiveFault[] };

/** The nodes that respond, in the order of their URLs, and a description of each that does not. */
type FoundNodes = { responding: RespondingNode[]; silent: string[] };

/** Finds nodes by name. It asks all URLs at once, and waits for no more responses than it needs. */
export class NodeFinder {
  readonly #urls: readonly string[];
  readonly #asked: readonly Promise<RespondingNode>[];

  constructor(api: NodeApi, urls: readonly string[]) {
    this.#urls = urls;
    this.#asked = urls.map((url) => ask(api, url));
    // Awaited only when it matters; until then a rejection must not count as unhandled.
    for (const asked of this.#asked) asked.catch(() => {});
  }

  async all(): Promise<FoundNodes> {
    const found: FoundNodes = { responding: [], silent: [] };
    const results = await Promise.allSettled(this.#asked);
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') found.responding.push(result.value);
      else found.silent.push(`${this.#urls[index]} (${reasonOf(result.reason)})`);
    }
    return found;
  }

  /**
   * Returns the node of a name, or without one the first that serves clients.
   *
   * @throws CommandError naming the nodes that there are
   */
  async pick(name?: string): Promise<RespondingNode> {
    const isWanted = (node: RespondingNode) =>
      name === undefined ? node.status === 'ok' : node.name === name;
    for (const asked of this.#inOrder(name)) {
      const node = await asked.catch(() => undefined);
      if (node !== undefined && isWanted(node)) return node;
    }
    const { responding, silent } = await this.all();
    const [first] = responding;
    if (first === undefined)
      throw new CommandError(
        `no node responds: ${silent.join(', ')}. Start the nodes (npm start), or set --nodes to their URLs.`,
      );
    if (name === undefined) return first;
    const others = silent.length === 0 ? '' : `; no response from ${silent.join(', ')}`;
    throw new CommandError(
      `there is no node ${name}; the nodes are ${responding.map((node) => node.name).join(', ')}${others}`,
    );
  }

  /** The first node is the first of the list; a named one is whichever responds first. */
  #inOrder(name: string | undefined): readonly Promise<RespondingNode | undefined>[] {
    if (name === undefined) return this.#asked;
    const named = this.#asked.map(async (asked) => {
      const node = await asked;
      if (node.name !== name) throw new CommandError(`${node.name} is another node`);
      return node;
    });
    return [Promise.any(named)];
  }
}

async function ask(api: NodeApi, url: string): Promise<RespondingNode> {
  const { name, node_id: id, status, faults = [] } = await api.heartbeat(url);
  return { name: name ?? id, url, status, faults };
}

function reasonOf(error: unknown): string {
  if (error instanceof NodeResponseError) return `status ${error.status}`;
  try {
    const { reason } = transportFailure(error);
    return reason === 'ECONNABORTED' ? 'no response in time' : reason;
  } catch {
    return 'not a node of this store';
  }
}
