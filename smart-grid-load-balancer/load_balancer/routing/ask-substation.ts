import type { RetryBudget } from '@gridclock/service-kit/retry-budget';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';
import type { Reservation } from '../fleet/load-estimate.ts';
import type { ChargeReply, Member, NoReply, Transport } from '../transport/transport.ts';
import type { DispatchRound } from './dispatch-round.ts';

export type AskOptions = {
  view: GridView;
  fleet: Pick<Fleet, 'chargeFailed'>;
  transport: Pick<Transport, 'charge'>;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Limit for one message and its response, in milliseconds. */
  requestTimeoutMs: number;
  /** Limits the messages sent again after a lost response. */
  retryBudget: RetryBudget;
  /** Called before each retry after a lost response. */
  onRetry: () => void;
  /** Whether the sessions of a substation outlive its process: one that is down may still have accepted. */
  isDurable: (id: string) => boolean;
};

type Reply = Exclude<ChargeReply, NoReply | { kind: 'overloaded' }>;

/** What is certain after asking one substation. */
export type ChargeResult =
  | Reply
  /** The vehicle is not charging there. */
  | { kind: 'unreachable' | 'overloaded' }
  /** The vehicle may be charging there. */
  | { kind: 'unknown'; reason: string };

const NO_TIME = 'no time left';

/** The longest pauses before the two retries, in milliseconds: the first for a lost message, the second for a restart. */
const LONGEST_PAUSES = [200, 1_000] as const;

/**
 * Asks one substation to charge, and retries there after a lost response: only this substation knows whether it
 * has accepted. Starts no message that could not be finished by the deadline, and gives up when the request
 * is withdrawn. Keeps the view up to date.
 *
 * @param mayBeCharging true when an earlier message may have been accepted there
 */
export async function askSubstation(
  options: AskOptions,
  round: DispatchRound,
  member: Member,
  mayBeCharging: boolean,
): Promise<ChargeResult> {
  const { scheduler, fleet, isDurable, onRetry, random, requestTimeoutMs, retryBudget, transport, view } =
    options;
  const timeoutAt = (time: number) => round.timeoutOf(requestTimeoutMs, time);
  let timeoutMs = timeoutAt(scheduler.now());
  if (timeoutMs === undefined)
    return mayBeCharging ? { kind: 'unknown', reason: NO_TIME } : { kind: 'expired' };
  const reservation = view.sent(member.id, round.request.charge_amount, scheduler.now());
  let uncertain = mayBeCharging;
  let reason = '';
  round.asked.add(member.id);
  for (let attempt = 1; timeoutMs !== undefined; attempt += 1) {
    const sentAt = scheduler.now();
    const reply = await transport.charge(
      member,
      Object.assign({}, round.request, { dispatch: round.nextOrder() }),
      timeoutMs,
      round.withdrawn,
    );
    // The message was not read: no failure of the substation, and to send it again would be more load.
    if (reply.kind === 'overloaded') {
      reason = 'it is overloaded';
      if (uncertain) break;
      view.released(reservation, scheduler.now());
      return reply;
    }
    if (reply.kind !== 'down' && reply.kind !== 'unreachable' && reply.kind !== 'ambiguous') {
      updateView(view, reservation, reply, scheduler.now());
      return reply;
    }
    const givenUp = round.withdrawn.aborted;
    // With less time than usual, a missing response says little about the substation.
    const connectionAgeMs = reply.kind === 'ambiguous' ? reply.connectionAgeMs : undefined;
    if (!givenUp && (reply.kind !== 'ambiguous' || timeoutMs === requestTimeoutMs))
      fleet.chargeFailed(member.id, reply.reason, sentAt, connectionAgeMs);
    uncertain ||= reply.kind === 'ambiguous';
    const died = reply.kind === 'down' && !isDurable(member.id);
    if (died || !uncertain) {
      view.released(reservation, scheduler.now());
      return { kind: 'unreachable' };
    }
    reason = reply.reason;
    const pauseMs = random() * (attempt === 1 ? LONGEST_PAUSES[0] : LONGEST_PAUSES[1]);
    // Replacing a dead connection multiplies no load: what it lost has not arrived.
    const replacesConnection =
      attempt === 1 && connectionAgeMs !== undefined && view.onlyOldConnectionsFailed(member.id);
    if (
      givenUp ||
      timeoutAt(scheduler.now() + pauseMs) === undefined ||
      !round.takeRetry(replacesConnection) ||
      !(replacesConnection || retryBudget.tryRetry())
    )
      break;
    onRetry();
    await sleep(scheduler, pauseMs, round.withdrawn);
    timeoutMs = timeoutAt(scheduler.now());
  }
  view.unresolved(reservation, scheduler.now());
  return { kind: 'unknown', reason };
}

function updateView(view: GridView, reservation: Reservation, reply: Reply, now: number): void {
  view.chargeSucceeded(reservation.substationId, now);
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
  view.released(reservation, now);
}
