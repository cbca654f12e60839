import { setTimeout } from 'node:timers/promises';
import type { NodeApi } from '../workload/node-api.ts';
import type { NodeProcesses } from './node-processes.ts';

/** 0.5 s after the network works again: operators admit nodes late, and the nodes have heard of their removal. */
const ADMIT_AFTER_MS = 500;

/** In milliseconds. An admission fails while a node catches up or restarts, which takes seconds. */
const ADMIT = { everyMs: 200, withinMs: 60_000 };

/** Cuts nodes off from the others, and lets each side remove the other from the cluster. */
export class Partitions {
  readonly #nodes: NodeProcesses;
  readonly #api: NodeApi;

  constructor(nodes: NodeProcesses, api: NodeApi) {
    this.#nodes = nodes;
    this.#api = api;
  }

  /** Cuts the link from one node to another. Resolves to whether it could. */
  async cut(from: string, to: string): Promise<boolean> {
    if (!this.#nodes.isAwake(from)) return false;
    return this.#api.tryFault(this.#nodes.url(from), { peer: to, action: 'cut' });
  }

  /** Cuts a node off from the others that run, in both directions. Resolves to false if it does not run. */
  async disconnect(name: string): Promise<boolean> {
    const others = this.#others(name);
    const [from] = await Promise.all([
      Promise.all(others.map((other) => this.cut(name, other))),
      Promise.all(others.map((other) => this.cut(other, name))),
    ]);
    return !from.includes(false);
  }

  /** Ends all faults of the links to and from a node. */
  async reconnect(name: string): Promise<void> {
    await Promise.all(
      this.#others(name).flatMap((other) => [this.release(name, other), this.release(other, name)]),
    );
  }

  /** Ends all faults of the link from one node to another. */
  async release(from: string, to: string): Promise<void> {
    if (this.#nodes.isAwake(from))
      await this.#api.tryFault(this.#nodes.url(from), { peer: to, action: 'release' });
  }

  /** Disconnects a node, and removes from the cluster, on each side, the nodes of the other side. */
  async split(name: string): Promise<boolean> {
    if (!(await this.disconnect(name))) return false;
    const others = this.#others(name);
    const there = others.find((other) => this.#nodes.isAwake(other)) ?? name;
    // Refused by a node that does not serve: then only one side removes the other.
    await Promise.all([
      ...others.map((other) => this.#api.expel(this.#nodes.url(name), other).catch(() => {})),
      this.#api.expel(this.#nodes.url(there), name).catch(() => {}),
    ]);
    return true;
  }

  async endSplit(name: string): Promise<void> {
    await this.reconnect(name);
    await setTimeout(ADMIT_AFTER_MS);
    await this.admitAll();
  }

  /** Admits removed nodes again, until no running node knows of one. */
  async admitAll(): Promise<void> {
    for (const deadline = Date.now() + ADMIT.withinMs; Date.now() < deadline; ) {
      const known = await Promise.all(this.#nodes.names.map((name) => this.#admitAt(name)));
      if (!known.includes(true)) return;
      await setTimeout(ADMIT.everyMs);
    }
  }

  /** Resolves to whether the node knows of removed ones. */
  async #admitAt(name: string): Promise<boolean> {
    if (!this.#nodes.isAwake(name)) return false;
    const url = this.#nodes.url(name);
    const removed = await this.#api.removedMembers(url).catch(() => []);
    const others = removed.filter((id) => id !== name);
    await Promise.all(
      others.map((id) => this.#api.admit(url, { id, url: this.#nodes.url(id) }).catch(() => {})),
    );
    return removed.length > 0;
  }

  #others(name: string): string[] {
    return this.#nodes.names.filter((other) => other !== name);
  }
}
