import { type BackoffLimits, fullJitterMs } from '@gridclock/service-kit/backoff';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';
import type { Reservation } from '../fleet/load-estimate.ts';
import type { ChargeReply, Member, NoReply, Transport } from '../transport/transport.ts';
import type { DispatchRound } from './dispatch-round.ts';

export type AskOptions = {
  view: GridView;
  fleet: Pick<Fleet, 'failed'>;
  transport: Pick<Transport, 'charge'>;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Called before each retry after a lost response. */
  onRetry: () => void;
};

type Reply = Exclude<ChargeReply, NoReply>;

/** What is certain after asking one substation. */
export type ChargeResult =
  | Reply
  /** The vehicle is not charging there. */
  | { kind: 'unreachable' }
  /** The vehicle may be charging there. */
  | { kind: 'unknown'; reason: string };

/** Messages per substation and round: three lost responses in a row are rare. */
const ATTEMPTS = 3;

/** The pause before a retry: 100 ms and 200 ms on average, enough for a process to restart. */
const RETRY: BackoffLimits = { firstMs: 200, longestMs: 1_000 };

/**
 * Asks one substation to charge, and retries there after a lost response: only this substation knows whether it
 * has accepted. Keeps the view up to date.
 *
 * @param mayBeCharging true when an earlier message may have been accepted there
 */
export async function askSubstation(
  options: AskOptions,
  round: DispatchRound,
  member: Member,
  mayBeCharging: boolean,
): Promise<ChargeResult> {
  const { scheduler, fleet, onRetry, random, transport, view } = options;
  const reservation = view.sent(member.id, round.request.charge_amount, scheduler.now());
  let uncertain = mayBeCharging;
  let reason = '';
  round.asked.add(member.id);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) {
      onRetry();
      await sleep(scheduler, fullJitterMs(RETRY, attempt, random));
    }
    const reply = await transport.charge(member, { ...round.request, dispatch: round.nextOrder() });
    if (reply.kind !== 'down' && reply.kind !== 'unreachable' && reply.kind !== 'ambiguous') {
      updateView(view, reservation, reply, scheduler.now());
      return reply;
    }
    fleet.failed(member.id, reply.reason);
    uncertain ||= reply.kind === 'ambiguous';
    if (reply.kind === 'down' || !uncertain) {
      view.released(reservation);
      return { kind: 'unreachable' };
    }
    reason = reply.reason;
  }
  view.unresolved(reservation, scheduler.now());
  return { kind: 'unknown', reason };
}

function updateView(view: GridView, reservation: Reservation, reply: Reply, now: number): void {
  switch (reply.kind) {
    case 'accepted': {
      const { current_load: load, max_capacity: capacity } = reply.acceptance;
      view.accepted(reservation, reply.replayed ? undefined : { load, capacity }, now);
      return;
    }
    case 'full': {
      const { current_load: load, max_capacity: capacity } = reply.refusal;
      view.refused(reservation, { load, capacity }, now);
      return;
    }
    case 'draining':
      view.draining(reservation.substationId, now);
  }
  view.released(reservation);
}
