import type { DiskGuard } from '../../../vector-clock-kv-store/src/soak/disk-guard.ts';
import type { NodeAdmin } from '../../../vector-clock-kv-store/src/soak/node-admin.ts';
import type { Battlefield } from '../../../vector-clock-kv-store/src/soak/strike-runner.ts';
import { isLinkStrike, type Strike } from '../../../vector-clock-kv-store/src/soak/strikes.ts';
import type { StruckContainers } from './struck-containers.ts';

export type StoreBattlefieldOptions = {
  containers: StruckContainers;
  /** Where each node is published, by service. */
  nodes: ReadonlyMap<string, string>;
  admin: NodeAdmin;
  disks: DiskGuard;
};

/** Carries strikes out on nodes of the store in containers: on links as everywhere, on the rest through the engine. */
export class StoreBattlefield implements Battlefield {
  readonly #options: StoreBattlefieldOptions;

  constructor(options: StoreBattlefieldOptions) {
    this.#options = options;
  }

  async begin(strike: Strike): Promise<boolean> {
    const { containers, disks } = this.#options;
    const [first = ''] = strike.nodes;
    if (isLinkStrike(strike.kind)) return this.#fault(strike, strike.kind);
    if (strike.kind !== 'wipe') return containers.begin(strike);
    if (!containers.isFree(first) || !(await disks.close(first))) return false;
    const struck = await containers.begin(strike);
    if (!struck) disks.reopen();
    return struck;
  }

  async end(strike: Strike): Promise<void> {
    if (isLinkStrike(strike.kind)) await this.#fault(strike, 'release');
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

  async #fault({ delayMs, nodes: [from = '', peer = ''] }: Strike, action: string): Promise<boolean> {
    const { admin, nodes } = this.#options;
    const delay = action === 'delay' && delayMs !== undefined ? { delay_ms: delayMs } : {};
    return admin.fault(nodes.get(from) ?? '', { peer, action, ...delay });
  }
}
