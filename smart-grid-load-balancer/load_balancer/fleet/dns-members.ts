import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { GoneError, type Member, type Transport } from '../transport/transport.ts';
import type { Fleet } from './fleet.ts';

export type DnsMembersOptions = {
  /** The name whose A records are the substations. */
  name: string;
  port: number;
  fleet: Pick<Fleet, 'members' | 'add' | 'remove'>;
  transport: Pick<Transport, 'report'>;
  /** Looks up the IPv4 addresses of a name. */
  resolve: (name: string) => Promise<string[]>;
  clock: Scheduler;
  intervalMs: number;
  logger: Logger;
};

/**
 * Keeps the substations in step with the addresses of a name, so that replicas come and go while the balancer
 * runs. A replica joins with its first answer, under the name it gives itself. A name that cannot be resolved
 * changes nothing: the resolver may be down while all substations are well.
 */
export class DnsMembers {
  readonly #options: DnsMembersOptions;
  readonly #joined = new Map<string, string>();
  /** Addresses that may be those of substations with sessions, and have not answered yet. */
  readonly #unheard = new Set<string>();
  #stopped = false;
  #resolved = false;
  #lookedUp = false;
  #cancel = () => {};

  constructor(options: DnsMembersOptions) {
    this.#options = options;
  }

  /** True once the name has been looked up, with or without success. */
  get resolved(): boolean {
    return this.#resolved;
  }

  /** Whether a substation may be there, and have sessions, of which nothing has been heard. */
  get unheard(): boolean {
    return !this.#lookedUp || this.#unheard.size > 0;
  }

  /** Looks the name up now and then again and again, until `stop`. Resolves after the first time. */
  async start(): Promise<void> {
    const { clock, intervalMs, logger, name } = this.#options;
    try {
      await this.refresh();
    } catch (error) {
      logger.warn(
        { name, reason: error instanceof Error ? error.message : String(error) },
        'name not resolved',
      );
    }
    this.#resolved = true;
    if (!this.#stopped) this.#cancel = clock.after(intervalMs, () => void this.start());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Looks once. @throws what the resolver throws */
  async refresh(): Promise<void> {
    const { fleet, name, port, resolve } = this.#options;
    const addresses = new Set(await resolve(name));
    for (const [address, id] of this.#joined) {
      if (addresses.has(address)) continue;
      this.#joined.delete(address);
      fleet.remove(id);
    }
    const newcomers = [...addresses].filter((address) => !this.#joined.has(address));
    this.#lookedUp = true;
    for (const address of this.#unheard) if (!addresses.has(address)) this.#unheard.delete(address);
    for (const address of newcomers) this.#unheard.add(address);
    await Promise.all(newcomers.map((address) => this.#join(address, `http://${address}:${port}`)));
  }

  async #join(address: string, url: string): Promise<void> {
    const { fleet, logger, transport } = this.#options;
    try {
      const report = await transport.report({ id: address, url });
      if (this.#stopped) return;
      const member = this.#named(report.name ?? address, address, url);
      this.#joined.set(address, member.id);
      fleet.add(member);
      this.#unheard.delete(address);
    } catch (error) {
      // Where nobody listens, nobody charges either.
      if (error instanceof GoneError) this.#unheard.delete(address);
      const reason = error instanceof Error ? error.message : String(error);
      logger.info({ address, reason }, 'replica does not answer yet');
    }
  }

  /** Replicas that share one name, as copies of one configuration do, are told apart by their address. */
  #named(name: string, address: string, url: string): Member {
    const taken = this.#options.fleet.members.some(({ id }) => id === name);
    return { id: taken ? `${name}-${address}` : name, url };
  }
}
