import type { LiveGrid, LiveSession, LiveSubstation } from '@gridclock/grid-protocol';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';
import { policyNames } from '../policies/index.ts';
import type { PolicySwitch } from '../policies/policy-switch.ts';
import type { DecisionFeed } from '../routing/decision-feed.ts';
import type { SessionLocator } from '../sessions/session-locator.ts';
import type { Member, Transport } from '../transport/transport.ts';

export type LiveViewOptions = {
  fleet: Pick<Fleet, 'distinctMembers'>;
  view: GridView;
  policies: PolicySwitch;
  feed: DecisionFeed;
  sessions: Pick<SessionLocator, 'list'>;
  transport: Pick<Transport, 'report'>;
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** Milliseconds since 1970. */
  wallClock: () => number;
};

/** 400 ms: however many ask, each substation is asked that often at most. */
const FRESH_MS = 400;

/** 60: more substations than a page can show; each is asked up to twice a second while somebody watches. */
const SHOWN_SUBSTATIONS = 60;

/** 200: more sessions than a page can show; about 20 KiB. */
const SHOWN_SESSIONS = 200;

type Truth = Pick<LiveGrid, 'sessions' | 'omitted_sessions' | 'sessions_unknown'> & {
  loads: Map<string, number>;
};

/** What the live page shows: the balancer's view of the grid beside what the substations report. */
export class LiveView {
  readonly #options: LiveViewOptions;
  #truth: Promise<Truth> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LiveViewOptions) {
    this.#options = options;
  }

  /** @param since the last decision that the caller has */
  async read(since: number): Promise<LiveGrid> {
    const { feed, fleet, now, policies, view, wallClock } = this.#options;
    const shown = this.#shown;
    // Before anything is awaited, so that decisions are kept from here on.
    const decisions = feed.since(since);
    const { loads, ...sessions } = await this.#freshTruth();
    const substations = shown.map(({ id }): LiveSubstation => {
      const member = view.describe(id, now());
      return {
        id,
        polled_load: member?.polledLoad ?? null,
        own_dispatches: member?.ownDispatches ?? 0,
        load: member?.load ?? 0,
        capacity: member?.capacity ?? null,
        health: member?.health ?? 'unknown',
        view_age_ms: member?.ageMs === undefined ? null : Math.round(member.ageMs),
        true_load: loads.get(id) ?? null,
      };
    });
    return {
      at: wallClock(),
      policy: policies.name,
      policies: policyNames,
      substations,
      omitted_substations: fleet.distinctMembers.length - shown.length,
      ...sessions,
      outcomes: feed.outcomes,
      decisions,
    };
  }

  get #shown(): readonly Member[] {
    return this.#options.fleet.distinctMembers.slice(0, SHOWN_SUBSTATIONS);
  }

  #freshTruth(): Promise<Truth> {
    const { now } = this.#options;
    if (this.#truth === undefined || now() - this.#askedAt > FRESH_MS) {
      this.#askedAt = now();
      this.#truth = this.#askSubstations();
    }
    return this.#truth;
  }

  async #askSubstations(): Promise<Truth> {
    const { sessions, transport } = this.#options;
    const asked = this.#shown;
    const loads = new Map<string, number>();
    const [list] = await Promise.all([
      sessions.list(asked),
      ...asked.map(async (member) => {
        const report = await transport.report(member).catch(() => undefined);
        if (report !== undefined) loads.set(member.id, report.load);
      }),
    ]);
    const shown = list.sessions.map(
      // Named one by one: ids, vehicles and secrets stay here.
      ({ charge_amount, priority, remaining_time, substation_id }): LiveSession => ({
        substation_id,
        charge_amount,
        priority,
        remaining_time,
      }),
    );
    return {
      loads,
      sessions: shown.slice(0, SHOWN_SESSIONS),
      omitted_sessions: Math.max(0, shown.length - SHOWN_SESSIONS),
      sessions_unknown: list.unreachable,
    };
  }
}
