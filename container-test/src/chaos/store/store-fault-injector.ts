import type { FaultInjector } from '@gridclock/simulation-kit';
import { type InjectedFault, isLinkFault } from '@gridclock/simulation-kit';
import type { DiskLossGuard } from 'vector-clock-kv-store/verification/workload/disk-loss-guard.ts';
import type { NodeAdmin } from 'vector-clock-kv-store/verification/workload/node-api.ts';
import type { StruckContainers } from '../container-fault-injector.ts';

export type StoreFaultInjectorOptions = {
  containers: StruckContainers;
  /** Where each node is published, by service. */
  nodes: ReadonlyMap<string, string>;
  admin: NodeAdmin;
  disks: DiskLossGuard;
};

/** Carries strikes out on nodes of the store in containers: on links as everywhere, on the rest through the engine. */
export class StoreFaultInjector implements FaultInjector {
  readonly #options: StoreFaultInjectorOptions;

  constructor(options: StoreFaultInjectorOptions) {
    this.#options = options;
  }

  async begin(strike: InjectedFault): Promise<boolean> {
    const { containers, disks } = this.#options;
    const [first = ''] = strike.nodes;
    if (isLinkFault(strike.kind)) return this.#fault(strike, strike.kind);
    if (strike.kind !== 'wipe') return containers.begin(strike);
    if (!containers.isFree(first) || !(await disks.close(first))) return false;
    const struck = await containers.begin(strike);
    if (!struck) disks.reopen();
    return struck;
  }

  async end(strike: InjectedFault): Promise<void> {
    if (isLinkFault(strike.kind)) await this.#fault(strike, 'release');
    else await this.#options.containers.end(strike);
    if (strike.kind === 'wipe') this.#options.disks.reopen();
  }

  /** Takes back every fault that a node could not be told to take back when its time was over. */
  async heal(): Promise<void> {
    const { admin, nodes } = this.#options;
    for (const [from, url] of nodes) {
      for (const peer of nodes.keys()) if (peer !== from) await admin.fault(url, { peer, action: 'release' });
    }
  }

  async #fault({ delayMs, nodes: [from = '', peer = ''] }: InjectedFault, action: string): Promise<boolean> {
    const { admin, nodes } = this.#options;
    const delay = action === 'delay' && delayMs !== undefined ? { delay_ms: delayMs } : {};
    return admin.fault(nodes.get(from) ?? '', { peer, action, ...delay });
  }
}
