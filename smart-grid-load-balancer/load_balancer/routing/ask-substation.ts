import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';
import type { Reservation } from '../fleet/load-estimate.ts';
import type { ChargeReply, Member, NoAnswer, Transport } from '../transport/transport.ts';
import type { Search } from './search.ts';

export type AskOptions = {
  view: GridView;
  fleet: Pick<Fleet, 'failed'>;
  transport: Pick<Transport, 'charge'>;
  clock: Scheduler;
  /** A message is sent again because its answer was lost. */
  onRetry: () => void;
};

/** What is certain after asking; `absent`: the vehicle does not charge there, `unknown`: it may. */
export type Verdict =
  | Exclude<ChargeReply, NoAnswer>
  | { kind: 'absent' }
  | { kind: 'unknown'; reason: string };

/** How often one substation is asked within a round: a lost answer is seldom lost three times. */
const ATTEMPTS = 3;

/** The pause before the second attempt, in milliseconds; it doubles. A restarted process needs a moment. */
const RETRY_PAUSE_MS = 100;

/**
 * Asks one substation to charge, again and again while answers are lost, because only this one can tell
 * whether it has accepted. The view is told of everything.
 *
 * @param mayBeCharging an earlier message may have been accepted there
 */
export async function askSubstation(
  options: AskOptions,
  search: Search,
  member: Member,
  mayBeCharging: boolean,
): Promise<Verdict> {
  const { clock, fleet, onRetry, transport, view } = options;
  const reservation = view.sent(member.id, search.request.charge_amount, clock.now());
  let open = mayBeCharging;
  let reason = '';
  search.asked.add(member.id);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) {
      onRetry();
      await sleep(clock, RETRY_PAUSE_MS * 2 ** (attempt - 1));
    }
    const reply = await transport.charge(member, { ...search.request, dispatch: search.nextOrder() });
    if (reply.kind !== 'gone' && reply.kind !== 'unreachable' && reply.kind !== 'ambiguous') {
      tellView(view, reservation, reply, clock.now());
      return reply;
    }
    fleet.failed(member.id, reply.reason);
    open ||= reply.kind === 'ambiguous';
    if (reply.kind === 'gone' || !open) {
      view.released(reservation);
      return { kind: 'absent' };
    }
    reason = reply.reason;
  }
  view.unresolved(reservation, clock.now());
  return { kind: 'unknown', reason };
}

function tellView(
  view: GridView,
  reservation: Reservation,
  reply: Exclude<ChargeReply, NoAnswer>,
  now: number,
): void {
  switch (reply.kind) {
    case 'accepted': {
      const { current_load: load, max_capacity: capacity } = reply.answer;
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
