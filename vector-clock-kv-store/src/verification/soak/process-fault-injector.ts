import { type FaultInjector, type InjectedFault, isLinkFault } from '@gridclock/simulation-kit';
import type { DiskLossGuard } from '../workload/disk-loss-guard.ts';
import type { NodeApi } from '../workload/node-api.ts';
import type { NodeProcesses } from './node-processes.ts';

/** Injects faults into node processes on this machine: by signal, by file system and through their fault routes. */
export class ProcessFaultInjector implements FaultInjector {
  readonly #nodes: NodeProcesses;
  readonly #api: NodeApi;
  readonly #disks: DiskLossGuard;

  constructor(nodes: NodeProcesses, api: NodeApi, disks: DiskLossGuard) {
    this.#nodes = nodes;
    this.#api = api;
    this.#disks = disks;
  }

  async begin({ kind, nodes: targets, delayMs }: InjectedFault): Promise<boolean> {
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
    switch (kind) {
      case 'pause':
        return first !== this.#disks.closed && this.#nodes.pause(first);
      case 'kill': {
        const running = targets.filter((name) => name !== this.#disks.closed && this.#nodes.isRunning(name));
        await Promise.all(running.map((name) => this.#nodes.kill(name)));
        return running.length > 0;
      }
      case 'wipe':
        return this.#wipe(first);
      case 'cut':
      case 'disconnect':
      case 'split':
        throw new Error('cannot cut the network between local processes; use hold in both directions');
      case 'gray':
      case 'readdress':
        throw new Error(`${kind} exists only for containers; use hold`);
      case 'restore':
      case 'twin':
        throw new Error(`${kind} exists only in the simulation`);
      case 'crash':
        throw new Error('nothing restarts a crashed local process; use kill');
      case 'fill':
        throw new Error('local processes share a disk; the simulation fills disks');
    }
  }

  async end({ kind, nodes: targets }: InjectedFault): Promise<void> {
    const [first = '', second = ''] = targets;
    if (isLinkFault(kind)) await this.#release(first, second);
    else if (kind === 'pause') this.#nodes.resume(first);
    else if (kind === 'wipe') {
      this.#disks.reopen();
      this.#nodes.launch(first);
    } else {
      for (const name of targets) if (name !== this.#disks.closed) this.#nodes.launch(name);
    }
  }

  /** Ends all faults. Resolves once every node serves. */
  async heal(): Promise<void> {
    for (const name of this.#nodes.names) this.#nodes.resume(name);
    await this.#nodes.start(...this.#nodes.names);
    for (const from of this.#nodes.names)
      for (const to of this.#nodes.names) if (from !== to) await this.#release(from, to);
  }

  async #release(from: string, to: string): Promise<void> {
    if (this.#nodes.isAwake(from))
      await this.#api.tryFault(this.#nodes.url(from), { peer: to, action: 'release' });
  }

  async #wipe(name: string): Promise<boolean> {
    if (!this.#nodes.isAwake(name) || !(await this.#disks.close(name))) return false;
    await this.#nodes.kill(name);
    await this.#nodes.wipe(name);
    return true;
  }
}
