import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FaultInjector, type InjectedFault, isLinkFault } from '@gridclock/simulation-kit';
import type { DiskLossGuard } from '../workload/disk-loss-guard.ts';
import type { NodeApi } from '../workload/node-api.ts';
import { ByteFlood } from './byte-flood.ts';
import type { NodeProcesses } from './node-processes.ts';
import { Partitions } from './partitions.ts';
import { TwinProcesses } from './twin-processes.ts';

export type ProcessFaultInjectorOptions = {
  nodes: NodeProcesses;
  api: NodeApi;
  disks: DiskLossGuard;
  /** The parent of the nodes' data directories; copies of them are put there. */
  dataRoot: string;
  /** Prints one line. */
  print: (line: string) => void;
};

/** Injects faults into node processes on this machine: by signal, by file system and through their fault routes. */
export class ProcessFaultInjector implements FaultInjector {
  readonly #nodes: NodeProcesses;
  readonly #api: NodeApi;
  readonly #disks: DiskLossGuard;
  readonly #dataRoot: string;
  readonly #print: (line: string) => void;
  readonly #partitions: Partitions;
  readonly #twins: TwinProcesses;
  readonly #floods = new Map<InjectedFault, ByteFlood>();

  constructor({ nodes, api, disks, dataRoot, print }: ProcessFaultInjectorOptions) {
    this.#nodes = nodes;
    this.#api = api;
    this.#disks = disks;
    this.#dataRoot = dataRoot;
    this.#print = print;
    this.#partitions = new Partitions(nodes, api);
    this.#twins = new TwinProcesses(nodes, dataRoot);
  }

  async begin(fault: InjectedFault): Promise<boolean> {
    const { kind, nodes: targets, delayMs } = fault;
    const [first = '', second = ''] = targets;
    if (isLinkFault(kind)) {
      return (
        this.#nodes.isAwake(first) &&
        this.#api.tryFault(this.#nodes.url(first), {
          peer: second,
          action: kind,
          ...(delayMs === undefined ? {} : { delay_ms: delayMs }),
        })
      );
    }
    if (kind === 'cut') return this.#partitions.cut(first, second);
    if (kind === 'disconnect') return this.#partitions.disconnect(first);
    if (kind === 'kill') return this.#kill(targets);
    // The others would interfere with the loss of a disk.
    if (first === this.#disks.closed) return false;
    switch (kind) {
      case 'pause':
        return this.#nodes.pause(first);
      case 'wipe':
        return this.#loseDisk(first, () => this.#nodes.wipe(first));
      case 'restore':
        return this.#restart(first, () => this.#nodes.backUp(first, this.#copyFor(fault)));
      case 'readdress':
        return this.#restart(first, () => this.#nodes.move(first));
      case 'twin':
        return this.#twins.start(first);
      case 'split':
        return this.#partitions.split(first);
      case 'flood':
        if (!(await this.#partitions.disconnect(first))) return false;
        this.#floods.set(fault, new ByteFlood(this.#api, () => this.#nodes.url(first)));
        return true;
      case 'gray':
        throw new Error('gray exists only for containers; use hold');
      case 'crash':
        throw new Error('nothing restarts a crashed local process; use kill');
      case 'rollback':
        throw new Error('rollbacks exist only in the simulation; use restore');
      case 'fill':
        throw new Error('local processes share a disk; the simulation fills disks');
    }
  }

  async end(fault: InjectedFault): Promise<void> {
    const { kind, nodes: targets } = fault;
    const [first = '', second = ''] = targets;
    if (isLinkFault(kind) || kind === 'cut') await this.#partitions.release(first, second);
    else if (kind === 'disconnect') await this.#partitions.reconnect(first);
    else if (kind === 'split') await this.#partitions.endSplit(first);
    else if (kind === 'pause') this.#nodes.resume(first);
    else if (kind === 'twin') await this.#twins.stop(first);
    else if (kind === 'restore') await this.#restore(first, this.#copyFor(fault));
    else if (kind === 'wipe') {
      this.#disks.reopen();
      this.#launch(first);
    } else if (kind === 'flood') {
      await this.#floods.get(fault)?.stop();
      await this.#partitions.reconnect(first);
    } else if (kind === 'kill') {
      for (const name of targets) if (name !== this.#disks.closed) this.#launch(name);
    }
  }

  /** Ends all faults. Resolves once every node serves. */
  async heal(): Promise<void> {
    await this.#twins.stopAll();
    for (const name of this.#nodes.names) {
      this.#nodes.resume(name);
      this.#launch(name);
    }
    const { names } = this.#nodes;
    for (const from of names)
      for (const to of names) if (from !== to) await this.#partitions.release(from, to);
    await this.#partitions.admitAll();
    await this.#nodes.start(...names);
  }

  #launch(name: string): void {
    this.#nodes.launch(name);
    void this.#partitions.cutAgain(name);
  }

  async #kill(targets: readonly string[]): Promise<boolean> {
    const running = targets.filter((name) => name !== this.#disks.closed && this.#nodes.isRunning(name));
    await Promise.all(running.map((name) => this.#nodes.kill(name)));
    return running.length > 0;
  }

  /** Kills a node, changes something while it is down, and starts it again. */
  async #restart(name: string, change: () => Promise<void>): Promise<boolean> {
    if (!this.#nodes.isAwake(name)) return false;
    await this.#nodes.whileDown(name, change);
    this.#launch(name);
    return true;
  }

  /** Kills a node and changes its disk, once no acknowledged write is on that disk alone. */
  async #loseDisk(name: string, lose: () => Promise<void>): Promise<boolean> {
    if (!this.#nodes.isAwake(name) || !(await this.#disks.close(name))) return false;
    await this.#nodes.whileDown(name, lose);
    return true;
  }

  /** Replaces the disk of a node by an earlier copy, unless its writes are not on the other disks in time. */
  async #restore(name: string, copy: string): Promise<void> {
    const restored = await this.#loseDisk(name, () => this.#nodes.restore(name, copy));
    if (restored) {
      this.#disks.reopen();
      this.#launch(name);
    }
    this.#print(
      restored
        ? `${name} restored from its copy`
        : `${name} not restored: it is down, or no other node has all of its writes`,
    );
    await rm(copy, { recursive: true, force: true });
  }

  #copyFor({ kind, atMs, nodes }: InjectedFault): string {
    return join(this.#dataRoot, `${kind}-${nodes.join('-')}-${atMs}`);
  }
}
