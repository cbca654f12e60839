import { type FaultInjector, type InjectedFault, isLinkFault } from '@gridclock/simulation-kit';
import type { DiskLossGuard } from 'vector-clock-kv-store/verification/workload/disk-loss-guard';
import type { NodeApi } from 'vector-clock-kv-store/verification/workload/node-api';
import type { ContainerFaultInjector } from '../container-fault-injector.ts';

export type StoreFaultInjectorOptions = {
  containers: ContainerFaultInjector;
  /** The URL of each node, by service. */
  nodes: ReadonlyMap<string, string>;
  api: NodeApi;
  disks: DiskLossGuard;
};

/** Injects faults into the store's containers: link faults through the nodes, the others through the engine. */
export class StoreFaultInjector implements FaultInjector {
  readonly #options: StoreFaultInjectorOptions;

  constructor(options: StoreFaultInjectorOptions) {
    this.#options = options;
  }

  async begin(fault: InjectedFault): Promise<boolean> {
    const { containers, disks } = this.#options;
    const [target = ''] = fault.nodes;
    if (isLinkFault(fault.kind)) return this.#setLinkFault(fault, fault.kind);
    if (fault.kind !== 'wipe') return containers.begin(fault);
    if (!containers.isAvailable(target) || !(await disks.close(target))) return false;
    const injected = await containers.begin(fault);
    if (!injected) disks.reopen();
    return injected;
  }

  async end(fault: InjectedFault): Promise<void> {
    if (isLinkFault(fault.kind)) await this.#setLinkFault(fault, 'release');
    else await this.#options.containers.end(fault);
    if (fault.kind === 'wipe') this.#options.disks.reopen();
  }

  /** Releases all link faults, including those whose node was unreachable when they ended. */
  async releaseLinks(): Promise<void> {
    const { api, nodes } = this.#options;
    for (const [from, url] of nodes) {
      for (const peer of nodes.keys())
        if (peer !== from) await api.tryFault(url, { peer, action: 'release' });
    }
  }

  async #setLinkFault(
    { delayMs, nodes: [from = '', peer = ''] }: InjectedFault,
    action: string,
  ): Promise<boolean> {
    const { api, nodes } = this.#options;
    const delay = action === 'delay' && delayMs !== undefined ? { delay_ms: delayMs } : {};
    return api.tryFault(nodes.get(from) ?? '', { peer, action, ...delay });
  }
}
