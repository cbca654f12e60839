import type { FaultInjector } from '@gridclock/simulation-kit';
import { type InjectedFault, isLinkFault } from '@gridclock/simulation-kit';
import type { DiskLossGuard } from '../workload/disk-loss-guard.ts';
import type { NodeAdmin } from '../workload/node-api.ts';
import type { NodeProcesses } from './node-processes.ts';

/** Carries strikes out on processes of this machine. */
export class ProcessBattlefield implements FaultInjector {
  readonly #nodes: NodeProcesses;
  readonly #admin: NodeAdmin;
  readonly #disks: DiskLossGuard;

  constructor(nodes: NodeProcesses, admin: NodeAdmin, disks: DiskLossGuard) {
    this.#nodes = nodes;
    this.#admin = admin;
    this.#disks = disks;
  }

  async begin({ kind, nodes: struck, delayMs }: InjectedFault): Promise<boolean> {
    const [first = '', second = ''] = struck;
    if (isLinkFault(kind)) {
      return (
        this.#nodes.isAwake(first) &&
        this.#admin.fault(this.#nodes.url(first), {
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
        const running = struck.filter((name) => name !== this.#disks.closed && this.#nodes.isRunning(name));
        await Promise.all(running.map((name) => this.#nodes.kill(name)));
        return running.length > 0;
      }
      case 'wipe':
        return this.#wipe(first);
      case 'cut':
      case 'disconnect':
        throw new Error('the network between processes of one machine cannot be cut; hold both ways instead');
      case 'crash':
        throw new Error('nobody starts a process again that has crashed; kill it instead');
    }
  }

  async end({ kind, nodes: struck }: InjectedFault): Promise<void> {
    const [first = '', second = ''] = struck;
    if (isLinkFault(kind)) await this.#release(first, second);
    else if (kind === 'pause') this.#nodes.goOn(first);
    else if (kind === 'wipe') {
      this.#disks.reopen();
      this.#nodes.start(first);
    } else {
      for (const name of struck) if (name !== this.#disks.closed) this.#nodes.start(name);
    }
  }

  /** Takes back all that is wrong, and resolves once every node serves. */
  async heal(): Promise<void> {
    for (const name of this.#nodes.names) {
      this.#nodes.goOn(name);
      this.#nodes.start(name);
    }
    await this.#nodes.ready();
    for (const from of this.#nodes.names)
      for (const to of this.#nodes.names) if (from !== to) await this.#release(from, to);
  }

  async #release(from: string, to: string): Promise<void> {
    if (this.#nodes.isAwake(from))
      await this.#admin.fault(this.#nodes.url(from), { peer: to, action: 'release' });
  }

  async #wipe(name: string): Promise<boolean> {
    if (!this.#nodes.isAwake(name) || !(await this.#disks.close(name))) return false;
    await this.#nodes.kill(name);
    await this.#nodes.wipe(name);
    return true;
  }
}
