import type { Priority } from '@gridclock/grid-protocol';
import { acceptedLoadBound } from '../../workload/accepted-load-bound.ts';
import type { RequestRecord } from '../../workload/outcome.ts';

/**
 * The most that any routing could have accepted of the requests of a run, in kW; see acceptedLoadBound. It is
 * an estimate in one point: nobody knows how long a session would have lasted that was not accepted. It is
 * taken to last as long as the accepted ones of its priority did on average.
 *
 * @returns undefined when no session was accepted that the others' lengths could be taken from
 */
export function boundOfRun(
  records: readonly RequestRecord[],
  capacitiesKw: readonly number[],
): number | undefined {
  const sum = { ms: 0, count: 0 };
  const byPriority: Partial<Record<Priority, typeof sum>> = {};
  for (const { request, outcome } of records) {
    if (outcome.kind !== 'accepted') continue;
    byPriority[request.priority] ??= { ms: 0, count: 0 };
    for (const one of [sum, byPriority[request.priority] ?? sum]) {
      one.ms += outcome.durationSeconds * 1_000;
      one.count += 1;
    }
  }
  if (sum.count === 0) return undefined;
  const demands = records.map(({ request, startedMs, outcome }) => {
    const typical = byPriority[request.priority] ?? sum;
    const lastsMs =
      outcome.kind === 'accepted' ? outcome.durationSeconds * 1_000 : typical.ms / typical.count;
    return { startsAt: startedMs, endsAt: startedMs + lastsMs, kw: request.charge_amount };
  });
  return acceptedLoadBound(demands, capacitiesKw);
}
