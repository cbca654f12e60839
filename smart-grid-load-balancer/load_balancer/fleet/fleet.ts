import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Member, Transport } from '../transport/transport.ts';
import type { GridView } from './grid-view.ts';
import { Poller } from './poller.ts';

export type FleetOptions = {
  view: GridView;
  transport: Pick<Transport, 'report'>;
  intervalMs: number;
  clock: Scheduler;
  random: () => number;
  logger: Logger;
  /** A substation has just been ejected. */
  onEjection: () => void;
};

/** The substations there are: each is in the view and is polled for as long as it is here. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, Member>();
  readonly #names = new Map<string, string>();
  readonly #poller: Poller;
  readonly #reportListeners: (() => void)[] = [];

  constructor(options: FleetOptions) {
    const { clock, intervalMs, random, transport, view } = options;
    this.#options = options;
    this.#poller = new Poller({
      report: transport.report,
      onReport: (member, { name, ...report }, startedAt) => {
        if (name !== undefined) this.#names.set(member.id, name);
        view.polled(member.id, report, startedAt, clock.now());
        for (const listener of this.#reportListeners) listener();
      },
      onFailure: (member, reason) => this.failed(member.id, reason),
      intervalMs,
      clock,
      random,
    });
  }

  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** True once every substation has been polled at least once. */
  get polled(): boolean {
    return this.#poller.complete;
  }

  find(id: string): Member | undefined {
    return this.#members.get(id);
  }

  /** Those that call themselves so, or are called so here. */
  named(name: string): Member[] {
    return this.members.filter(({ id }) => id === name || this.#names.get(id) === name);
  }

  /** Does nothing where the substation is there already, at that address. */
  add(member: Member): void {
    const present = this.#members.get(member.id);
    if (present?.url === member.url) return;
    // The same name at another address is another substation: nothing that is known of the old one holds.
    if (present !== undefined) this.remove(member.id);
    this.#members.set(member.id, member);
    this.#options.view.add(member.id);
    this.#poller.start(member);
    this.#options.logger.info({ substation: member.id, url: member.url }, 'substation added');
  }

  /** Returns false where there is none. */
  remove(id: string): boolean {
    if (!this.#members.delete(id)) return false;
    this.#names.delete(id);
    this.#poller.stop(id);
    this.#options.view.remove(id);
    this.#options.logger.info({ substation: id }, 'substation removed');
    return true;
  }

  /** A message to a substation has brought no answer. */
  failed(id: string, reason: string): void {
    const { clock, logger, onEjection, view } = this.#options;
    if (!view.failed(id, clock.now())) return;
    onEjection();
    logger.warn({ substation: id, reason }, 'substation ejected');
  }

  /** Calls back after every poll that was answered. */
  onReport(listener: () => void): void {
    this.#reportListeners.push(listener);
  }

  /** Ends all polling. */
  stop(): void {
    this.#poller.stopAll();
  }
}
