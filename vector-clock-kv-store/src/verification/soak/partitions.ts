import { setTimeout } from 'node:timers/promises';
import type { NodeApi } from '../workload/node-api.ts';
import type { NodeProcesses } from './node-processes.ts';

/** 0.5 s after the network works again: operators admit nodes late, and the nodes have heard of their removal. */
const ADMIT_AFTER_MS = 500;

/** In milliseconds. An admission fails while a node catches up or restarts, which takes seconds. */
const ADMIT = { everyMs: 200, withinMs: 60_000 };

/** In milliseconds. A process that starts answers within a second or two; before that it sends nothing. */
const CUT_AGAIN = { everyMs: 20, withinMs: 20_000 };

type CutNodes = Pick<NodeProcesses, 'isAwake' | 'names' | 'url'>;

type CutApi = Pick<NodeApi, 'admit' | 'expel' | 'removedMembers' | 'tryFault'>;

/** Cuts nodes off from the others, and lets each side remove the other from the cluster. */
export class Partitions {
  readonly #nodes: CutNodes;
  readonly #api: CutApi;
  /** The cuts in force, by the node that must not send. Its process knows them, and loses them when it ends. */
  readonly #cuts = new Map<string, Set<string>>();

  constructor(nodes: CutNodes, api: CutApi) {
    this.#nodes = nodes;
    this.#api = api;
  }

  /** Cuts the link from one node to another. Resolves to whether it could. */
  async cut(from: string, to: string): Promise<boolean> {
    if (!this.#nodes.isAwake(from) || !(await this.#send(from, to, 'cut'))) return false;
    this.#record(from, to);
    return true;
  }

  /** Cuts the links of a node that has just been launched, as they were before. */
  async cutAgain(name: string): Promise<void> {
    for (const deadline = Date.now() + CUT_AGAIN.withinMs; Date.now() < deadline; ) {
      const cuts = [...(this.#cuts.get(name) ?? [])];
      if (cuts.length === 0 || !this.#nodes.isAwake(name)) return;
      const applied = await Promise.all(cuts.map((to) => this.#send(name, to, 'cut')));
      if (!applied.includes(false)) {
        const ended = cuts.filter((to) => !this.#cuts.get(name)?.has(to));
        await Promise.all(ended.map((to) => this.#send(name, to, 'release')));
        return;
      }
      await setTimeout(CUT_AGAIN.everyMs);
    }
  }

  /**
   * Cuts a node off from the others, in both directions, also from those that start meanwhile. Resolves to false if it does
   * not run.
   */
  async disconnect(name: string): Promise<boolean> {
    const others = this.#others(name);
    const [from] = await Promise.all([
      Promise.all(others.map((other) => this.cut(name, other))),
      Promise.all(others.map((other) => this.cut(other, name))),
    ]);
    if (from.includes(false)) {
      await this.reconnect(name);
      return false;
    }
    for (const other of others) this.#record(other, name);
    return true;
  }

  /** Ends all faults of the links to and from a node. */
  async reconnect(name: string): Promise<void> {
    await Promise.all(
      this.#others(name).flatMap((other) => [this.release(name, other), this.release(other, name)]),
    );
  }

  /** Ends all faults of the link from one node to another. */
  async release(from: string, to: string): Promise<void> {
    this.#cuts.get(from)?.delete(to);
    if (this.#nodes.isAwake(from)) await this.#send(from, to, 'release');
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

  #send(from: string, to: string, action: 'cut' | 'release'): Promise<boolean> {
    return this.#api.tryFault(this.#nodes.url(from), { peer: to, action });
  }

  #record(from: string, to: string): void {
    const cuts = this.#cuts.get(from) ?? new Set();
    this.#cuts.set(from, cuts.add(to));
  }

  #others(name: string): string[] {
    return this.#nodes.names.filter((other) => other !== name);
  }
}
