import type { RequestHistory } from '@gridclock/grid-protocol';
import { fullJitterMs } from '@gridclock/service-kit/backoff';
import type { RetryBudget } from '@gridclock/service-kit/retry-budget';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';
import type { LookupReply, Member, Transport } from '../transport/transport.ts';
import type { DispatchRound } from './dispatch-round.ts';

export type HolderSearchOptions = {
  view: Pick<GridView, 'isEjected' | 'onlyOldConnectionsFailed'>;
  fleet: Pick<Fleet, 'members' | 'chargeFailed'>;
  transport: Pick<Transport, 'lookup'>;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Limit for one message and its response, in milliseconds. */
  requestTimeoutMs: number;
  retryBudget: RetryBudget;
  /** Called before each repeated message. */
  onRetry: () => void;
  /** Whether the sessions of a substation outlive its process: one that is down may still have accepted. */
  isDurable: (id: string) => boolean;
  /** Whether a substation that is not in the fleet yet may have sessions. */
  hasUncontactedReplicas: () => boolean;
};

export type HolderSearchResult =
  | { kind: 'found'; member: Member }
  /** No substation knows the request, and none accepts an earlier message about it any more. */
  | { kind: 'not-found' }
  /** A substation that may know it did not answer. */
  | { kind: 'unknown'; reason: string };

/** 100 ms on average before the first repetition, and at most 1 s. */
const PAUSES = { firstMs: 200, longestMs: 1_000 };

type Answer = { member: Member; reply: LookupReply };

/**
 * Asks all substations in parallel whether they know a request_id, and those again that do not answer. This lets a
 * balancer without memory of the request, after a restart or beside another balancer, avoid charging a vehicle twice.
 */
export async function findHolder(
  options: HolderSearchOptions,
  round: DispatchRound,
  history: Exclude<RequestHistory, 'new'>,
): Promise<HolderSearchResult> {
  const { fleet, hasUncontactedReplicas, isDurable, onRetry, random, retryBudget, scheduler, view } = options;
  /** Those that do not have it. */
  const settled = new Set<string>();
  // An unseen id is most likely new: do not wait for substations that have not responded for some time.
  const isSkipped = (id: string) => history === 'unseen' && view.isEjected(id, scheduler.now());
  const open = () => fleet.members.filter(({ id }) => !settled.has(id) && !isSkipped(id));
  // Replacing dead connections multiplies no load: what they lost has not arrived.
  const isLostOrSettled = ({ member: { id }, reply }: Answer) =>
    settled.has(id) ||
    (reply.kind === 'ambiguous' && reply.connectionAgeMs !== undefined && view.onlyOldConnectionsFailed(id));
  for (let repetitions = 0; ; repetitions += 1) {
    const answers = await askAll(options, round, open());
    if (answers === undefined) return { kind: 'unknown', reason: 'no time left' };
    for (const { member, reply } of answers) {
      if (reply.kind === 'known') return { kind: 'found', member };
      const isGone = reply.kind === 'down' && !(history === 'repeated' && isDurable(member.id));
      if (reply.kind === 'not-known' || isGone) settled.add(member.id);
    }
    const silent = answers.find(({ member }) => !settled.has(member.id))?.reply;
    const missing = open();
    const uncontacted = history === 'repeated' && hasUncontactedReplicas();
    if (missing.length === 0 && !uncontacted) return { kind: 'not-found' };
    const pauseMs = fullJitterMs(PAUSES, repetitions + 1, random);
    const replacesConnections = repetitions === 0 && answers.every((answer) => isLostOrSettled(answer));
    const mayRepeat =
      round.timeoutOf(options.requestTimeoutMs, scheduler.now() + pauseMs) !== undefined &&
      round.takeRetry(replacesConnections) &&
      (replacesConnections || missing.every(() => retryBudget.tryRetry()));
    if (!mayRepeat) {
      const reason = silent && 'reason' in silent ? silent.reason : 'not every substation has responded yet';
      return { kind: 'unknown', reason };
    }
    for (const _ of missing) onRetry();
    await sleep(scheduler, pauseMs, round.withdrawn);
  }
}

/** Resolves to undefined if no time is left. */
async function askAll(
  { fleet, requestTimeoutMs, scheduler, transport }: HolderSearchOptions,
  round: DispatchRound,
  members: readonly Member[],
): Promise<Answer[] | undefined> {
  const sentAt = scheduler.now();
  const timeoutMs = round.timeoutOf(requestTimeoutMs, sentAt);
  if (timeoutMs === undefined) return undefined;
  const lookup = { request_id: round.request.request_id, dispatch: round.nextOrder() };
  return Promise.all(
    members.map(async (member) => {
      const reply = await transport.lookup(member, lookup, timeoutMs);
      // With less time than usual, a missing response says little about the substation.
      if ('reason' in reply && timeoutMs === requestTimeoutMs) {
        const connectionAgeMs = reply.kind === 'ambiguous' ? reply.connectionAgeMs : undefined;
        fleet.chargeFailed(member.id, reply.reason, sentAt, connectionAgeMs);
      }
      return { member, reply };
    }),
  );
}
