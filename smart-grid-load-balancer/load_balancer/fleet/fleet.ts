import type { Logger } from '@gridclock/service-kit/logger';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SubstationReport } from '../transport/substation-report.ts';
import type { Member, Transport } from '../transport/transport.ts';
import type { GridView } from './grid-view.ts';
import { Poller } from './poller.ts';

export type FleetOptions = {
  view: GridView;
  transport: Pick<Transport, 'report'>;
  intervalMs: number;
  scheduler: Scheduler;
  random: () => number;
  logger: Logger;
  /** Called after each ejection of a substation. */
  onEjection: () => void;
};

/** The substations that the balancer knows. Each is polled and is part of the view until it is removed. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<string, Member>();
  /** By member id: the name in the substation's own metrics. */
  readonly #reportedNames = new Map<string, string>();
  /** By member id: the member that represents the same substation. */
  readonly #sameAs = new Map<string, string>();
  readonly #poller: Poller;
  readonly #reportListeners: ((member: Member, report: SubstationReport) => void)[] = [];

  constructor(options: FleetOptions) {
    const { scheduler, intervalMs, random, transport, view } = options;
    this.#options = options;
    this.#poller = new Poller({
      report: transport.report,
      onReport: (member, fullReport, startedAt) => {
        const { name, ...report } = fullReport;
        if (name !== undefined) this.#reportedNames.set(member.id, name);
        view.polled(member.id, report, startedAt, scheduler.now());
        this.#checkIdentity(member.id);
        for (const listener of this.#reportListeners) listener(member, fullReport);
      },
      onFailure: (member, reason) => this.#pollFailed(member.id, reason),
      intervalMs,
      scheduler,
      random,
    });
  }

  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** Each substation once, also where it has several names. */
  get distinctMembers(): Member[] {
    return this.members.filter(({ id }) => this.#options.view.sameAs(id) === undefined);
  }

  /** True once every substation has been polled at least once. */
  get allPolled(): boolean {
    return this.#poller.allPolled;
  }

  find(id: string): Member | undefined {
    return this.#members.get(id);
  }

  /** Returns the substations with this id or this name in their own metrics; names may be shared. */
  findByName(name: string): Member[] {
    return this.members.filter(({ id }) => id === name || this.#reportedNames.get(id) === name);
  }

  /** Adds a substation. Does nothing where it is already known at this URL. */
  add(member: Member): void {
    const present = this.#members.get(member.id);
    if (present?.url === member.url) return;
    // The same id at another URL is another substation: discard what is known of the old one.
    if (present !== undefined) this.remove(member.id);
    this.#members.set(member.id, member);
    this.#options.view.add(member.id);
    this.#poller.start(member);
    this.#options.logger.info({ substation: member.id, url: member.url }, 'substation added');
  }

  /** Removes a substation; returns false where the id is unknown. */
  remove(id: string): boolean {
    if (!this.#members.delete(id)) return false;
    this.#reportedNames.delete(id);
    this.#sameAs.delete(id);
    this.#poller.stop(id);
    this.#options.view.remove(id);
    this.#options.logger.info({ substation: id }, 'substation removed');
    return true;
  }

  /**
   * Records a charge, or the lookup of one, that got no usable response.
   *
   * @param connectionAgeMs set where the message went over a connection that an earlier one had used
   */
  chargeFailed(id: string, reason: string, sentAt: number, connectionAgeMs?: number): void {
    const { scheduler, logger, onEjection, view } = this.#options;
    const now = scheduler.now();
    const connectedAt = connectionAgeMs === undefined ? sentAt : now - connectionAgeMs;
    if (!view.chargeFailed(id, now, sentAt, connectedAt)) return;
    onEjection();
    logger.warn({ substation: id, reason }, 'substation ejected; probing it with single charges');
  }

  #checkIdentity(id: string): void {
    const { logger, view } = this.#options;
    const sameAs = view.sameAs(id);
    if (sameAs === this.#sameAs.get(id)) return;
    if (sameAs === undefined) {
      this.#sameAs.delete(id);
      return;
    }
    this.#sameAs.set(id, sameAs);
    logger.error(
      { substation: id, same_as: sameAs },
      'two names of one substation, or copies of one data directory: requests go to one only; remove the other',
    );
  }

  #pollFailed(id: string, reason: string): void {
    const { scheduler, logger, onEjection, view } = this.#options;
    if (!view.failed(id, scheduler.now())) return;
    onEjection();
    logger.warn({ substation: id, reason }, 'substation ejected; polling it until it responds');
  }

  /** Calls the listener after every successful poll. */
  onReport(listener: (member: Member, report: SubstationReport) => void): void {
    this.#reportListeners.push(listener);
  }

  /** Stops all polling. */
  stop(): void {
    this.#poller.stopAll();
  }
}
