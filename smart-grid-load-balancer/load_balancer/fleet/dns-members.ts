import type { Logger } from '@gridclock/service-kit/logger';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { type Member, SubstationDownError, type Transport } from '../transport/transport.ts';
import type { DepartedReplicas } from './departed-replicas.ts';
import type { Fleet } from './fleet.ts';

export type DnsMembersOptions = {
  /** The name whose A records are the substations. */
  name: string;
  port: number;
  fleet: Pick<Fleet, 'members' | 'add' | 'remove'>;
  transport: Pick<Transport, 'report'>;
  /** Remembers the replicas that leave. */
  departed: DepartedReplicas;
  /** Returns a substation's capacity, in kW, where it is known. */
  capacityOf: (id: string) => number | undefined;
  /** Looks up the IPv4 addresses of a name. */
  resolve: (name: string) => Promise<string[]>;
  scheduler: Scheduler;
  intervalMs: number;
  logger: Logger;
};

/**
 * Synchronizes the fleet with the addresses of a DNS name, so that replicas can come and go at run time.
 *
 * A replica joins with its first response, under the name in its own metrics. A failed lookup changes nothing,
 * because the resolver may be down while every substation is up.
 */
export class DnsMembers {
  readonly #options: DnsMembersOptions;
  /** Ids of the members that joined, by address. */
  readonly #joined = new Map<string, string>();
  /** Addresses that have not responded yet; a replica there may have sessions. */
  readonly #uncontacted = new Set<string>();
  #stopped = false;
  #lookedUp = false;
  #resolved = false;
  #cancel = () => {};

  constructor(options: DnsMembersOptions) {
    this.#options = options;
  }

  /** True once the name has been looked up, successfully or not. */
  get lookedUp(): boolean {
    return this.#lookedUp;
  }

  /** True while a replica that has not responded yet may have sessions. */
  get hasUncontactedReplicas(): boolean {
    return !this.#resolved || this.#uncontacted.size > 0;
  }

  /** Looks the name up now and then once per interval, until `stop`. Resolves after the first lookup. */
  async start(): Promise<void> {
    const { scheduler, intervalMs, logger, name } = this.#options;
    try {
      await this.refresh();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ name, reason }, 'DNS lookup failed; keeping the known substations');
    }
    this.#lookedUp = true;
    if (!this.#stopped) this.#cancel = scheduler.after(intervalMs, () => void this.start());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Looks the name up once. @throws the resolver's error */
  async refresh(): Promise<void> {
    const { capacityOf, departed, fleet, name, port, resolve } = this.#options;
    const addresses = new Set(await resolve(name));
    for (const [address, id] of this.#joined) {
      if (addresses.has(address)) continue;
      this.#joined.delete(address);
      departed.left(id, capacityOf(id));
      fleet.remove(id);
    }
    const newAddresses = [...addresses].filter((address) => !this.#joined.has(address));
    this.#resolved = true;
    for (const address of this.#uncontacted) if (!addresses.has(address)) this.#uncontacted.delete(address);
    for (const address of newAddresses) this.#uncontacted.add(address);
    await Promise.all(newAddresses.map((address) => this.#join(address, `http://${address}:${port}`)));
  }

  async #join(address: string, url: string): Promise<void> {
    const { departed, fleet, logger, transport } = this.#options;
    try {
      const report = await transport.report({ id: address, url });
      if (this.#stopped) return;
      const member = this.#uniquelyNamed(report.name ?? address, address, url);
      this.#joined.set(address, member.id);
      fleet.add(member);
      departed.returned(member.id);
      this.#uncontacted.delete(address);
    } catch (error) {
      // No process listens there, so no session can be running there.
      if (error instanceof SubstationDownError) this.#uncontacted.delete(address);
      const reason = error instanceof Error ? error.message : String(error);
      logger.info({ address, reason }, 'replica does not respond yet; asking again at the next lookup');
    }
  }

  /** Appends the address where replicas share a name, as copies of one configuration do. */
  #uniquelyNamed(name: string, address: string, url: string): Member {
    const taken = this.#options.fleet.members.some(({ id }) => id === name);
    return { id: taken ? `${name}-${address}` : name, url };
  }
}
