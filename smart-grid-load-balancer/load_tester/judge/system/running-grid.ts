import type { JudgedProcess } from '@gridclock/judge-kit';
import { GridClient } from './grid-client.ts';
import { type ShownSession, sessionsAt } from './shown-sessions.ts';

/** The URLs of a running grid. */
export type GridUrls = {
  balancerUrl?: string | undefined;
  substationUrls?: readonly string[] | undefined;
  entryUrl?: string | undefined;
};

/** A grid that the judge has not started, and which others may use. */
export class RunningGrid {
  /** Where charges are sent: the entry, or else the balancer. */
  readonly front: GridClient | undefined;
  /** Every service that takes charges, by name. */
  readonly services: readonly { name: string; client: GridClient }[];
  readonly substations: readonly GridClient[];
  readonly process: JudgedProcess | undefined = undefined;

  constructor({ balancerUrl, entryUrl, substationUrls = [] }: GridUrls) {
    const balancer = balancerUrl === undefined ? undefined : new GridClient(balancerUrl, '/route_charge');
    const entry = entryUrl === undefined ? undefined : new GridClient(entryUrl, '/charge');
    this.front = entry ?? balancer;
    this.substations = substationUrls.map((url) => new GridClient(url, '/charge'));
    this.services = [
      ...(entry === undefined ? [] : [{ name: 'the entry', client: entry }]),
      ...(balancer === undefined ? [] : [{ name: 'the balancer', client: balancer }]),
      ...this.substations.map((client) => ({ name: client.url, client })),
    ];
  }

  /** The sessions that the substations show in their status. */
  sessions(): Promise<ShownSession[]> {
    return sessionsAt(this.substations.map((client) => ({ id: client.url, client })));
  }

  async stop(): Promise<void> {
    // It belongs to somebody else.
  }
}
