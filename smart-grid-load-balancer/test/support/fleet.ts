import { createLogger } from '@gridclock/service-kit/logger';
import { VirtualClock } from '@gridclock/simulation-kit';
import { vi } from 'vitest';
import { Fleet } from '../../load_balancer/fleet/fleet.ts';
import { GridView } from '../../load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../../load_balancer/fleet/grid-view-options.ts';
import type { SubstationReport } from '../../load_balancer/transport/substation-report.ts';
import { type Member, SubstationDownError } from '../../load_balancer/transport/transport.ts';

export const POLL_INTERVAL_MS = 1_000;

/** Creates an empty fleet whose substations respond to polls as `reports` says, by URL. */
export function createFleet() {
  const clock = new VirtualClock();
  const view = new GridView(gridViewOptions(POLL_INTERVAL_MS, POLL_INTERVAL_MS));
  const reports = new Map<string, Partial<SubstationReport>>();
  const polled: string[] = [];
  /** URLs that refuse connections. Other URLs without a report do not respond. */
  const refusing = new Set<string>();
  const transport = {
    async report({ url }: Member): Promise<SubstationReport> {
      polled.push(url);
      const report = reports.get(url);
      if (report === undefined)
        throw refusing.has(url) ? new SubstationDownError('connection refused') : new Error('no response');
      return { load: 0, capacity: 100, name: undefined, ...report };
    },
  };
  const onEjection = vi.fn();
  const logger = createLogger('test', 'silent');
  const fleet = new Fleet({
    view,
    // Looked up per poll, so that a test can replace `transport.report`.
    transport: { report: (member) => transport.report(member) },
    intervalMs: POLL_INTERVAL_MS,
    scheduler: clock,
    random: () => 0.5,
    logger,
    onEjection,
  });
  /** Completes the polls in progress. */
  const settle = () => clock.advanceAsync(0);
  return { clock, fleet, logger, onEjection, polled, refusing, reports, settle, transport, view };
}
