import type { Priority } from '@gridclock/grid-protocol';
import { acceptedLoadBound } from '../../workload/accepted-load-bound.ts';
import type { RequestRecord } from '../../workload/outcome.ts';

/**
 * Estimates the most load that any routing could have accepted in a run, in kW: see acceptedLoadBound. A session
 * that was not accepted is assumed to last as long as the average accepted one of its priority. A session may start at
 * any time until the response, so that only the time in which it certainly runs counts as occupied.
 *
 * @returns undefined when no session was accepted, so that none has a known duration
 */
export function boundOfRun(
  records: readonly RequestRecord[],
  capacitiesKw: readonly number[],
): number | undefined {
  const overall = { ms: 0, count: 0 };
  const byPriority: Partial<Record<Priority, typeof overall>> = {};
  for (const { request, outcome } of records) {
    if (outcome.kind !== 'accepted') continue;
    byPriority[request.priority] ??= { ms: 0, count: 0 };
    for (const total of [overall, byPriority[request.priority] ?? overall]) {
      total.ms += outcome.durationSeconds * 1_000;
      total.count += 1;
    }
  }
  if (overall.count === 0) return undefined;
  const demands = records.map(({ request, startedMs, responseMs, outcome }) => {
    const typical = byPriority[request.priority] ?? overall;
    const durationMs =
      outcome.kind === 'accepted' ? outcome.durationSeconds * 1_000 : typical.ms / typical.count;
    return { startsAt: startedMs + responseMs, endsAt: startedMs + durationMs, kw: request.charge_amount };
  });
  return acceptedLoadBound(demands, capacitiesKw);
}
