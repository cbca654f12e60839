import type { RequestFence, RequestHistory } from '@gridclock/grid-protocol';
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
  /** None of the substations that `answered` has it, or accepts an earlier message about it any more. */
  | { kind: 'not-found'; answered: ReadonlySet<string> }
  /** A substation that may know it did not answer. `isRepeated`: it may, because the id has been handled before. */
  | { kind: 'unknown'; reason: string; isRepeated: boolean };

/** 100 ms on average before the first repetition, and at most 1 s. */
const PAUSES = { firstMs: 200, longestMs: 1_000 };

/** What is known about the request_id. */
export type SearchedRequest = {
  history: Exclude<RequestHistory, 'new'>;
  /** Whether a round is one of this balancer that charged no vehicle. */
  isHarmless: (round: number) => boolean;
  /** The id of the only substation that this balancer may have had accept the request; it must answer. */
  possibleHolder?: string | undefined;
};

type Answer = { member: Member; reply: LookupReply };

/**
 * Asks all substations in parallel whether they know a request_id, and those again that do not answer. This lets a
 * balancer without memory of the request, after a restart or beside another balancer, avoid charging a vehicle twice.
 */
export async function findHolder(
  options: HolderSearchOptions,
  round: DispatchRound,
  { history, isHarmless, possibleHolder }: SearchedRequest,
): Promise<HolderSearchResult> {
  const { fleet, hasUncontactedReplicas, isDurable, onRetry, random, retryBudget, scheduler, view } = options;
  let isRepeated = history === 'repeated';
  const asked = new Set<string>();
  /** Those that do not have it, and those whose process has ended. */
  const withoutIt = new Set<string>();
  const ended = new Set<string>();
  const overloaded = new Set<string>();
  const isOpen = ({ id }: Member) => {
    if (withoutIt.has(id)) return false;
    // One that has ended may come back with its sessions.
    if (isRepeated || id === possibleHolder) return !ended.has(id) || isDurable(id);
    // An unseen id is most likely new: do not wait for substations that cannot answer now.
    return !ended.has(id) && !overloaded.has(id) && !view.isEjected(id, scheduler.now());
  };
  const findOpen = () => {
    const open = fleet.members.filter(isOpen);
    // It usually has the request, and only if not, another balancer may have placed it elsewhere.
    const holder = open.find(({ id }) => id === possibleHolder);
    return holder === undefined ? open : [holder];
  };
  let repetitions = 0;
  for (let next = findOpen(); ; ) {
    const answers = await askAll(options, round, next);
    if (answers === undefined) return { kind: 'unknown', reason: 'no time left', isRepeated };
    const otherRounds = [...otherRoundsIn(answers, round, asked)];
    for (const { member, reply } of answers) {
      asked.add(member.id);
      if (reply.kind === 'known') return { kind: 'found', member };
      // Only this one may have accepted: sent elsewhere, the request could charge the vehicle twice.
      if (reply.kind === 'unsupported' && member.id === possibleHolder) return { kind: 'found', member };
      if (reply.kind === 'not-known' || reply.kind === 'unsupported') withoutIt.add(member.id);
      if (reply.kind === 'down') ended.add(member.id);
      if (reply.kind === 'overloaded') overloaded.add(member.id);
    }
    for (const { round: other, settled } of otherRounds) {
      isRepeated ||= !settled && !isHarmless(other);
      if (other >= round.number)
        return { kind: 'unknown', reason: 'another balancer is placing the request', isRepeated };
    }
    const open = findOpen();
    if (open.length === 0 && !(isRepeated && hasUncontactedReplicas()))
      return { kind: 'not-found', answered: withoutIt };
    next = open.filter(({ id }) => !asked.has(id));
    if (next.length > 0) continue;
    repetitions += 1;
    const pauseMs = fullJitterMs(PAUSES, repetitions, random);
    // Replacing dead connections multiplies no load: what they lost has not arrived.
    const isReplaced = repetitions === 1 && open.every(({ id }) => view.onlyOldConnectionsFailed(id));
    // To ask an overloaded one again would be more load.
    const mayRepeat =
      overloaded.size === 0 &&
      round.timeoutOf(options.requestTimeoutMs, scheduler.now() + pauseMs) !== undefined &&
      round.takeRetry(isReplaced) &&
      (isReplaced || open.every(() => retryBudget.tryRetry()));
    if (!mayRepeat) return { kind: 'unknown', reason: reasonOf(answers), isRepeated };
    for (const _ of open) onRetry();
    await sleep(scheduler, pauseMs, round.withdrawn);
    next = findOpen();
  }
}

/**
 * Yields the other rounds that the substations know of. Where this round has asked before, its number is its own;
 * elsewhere, another balancer has drawn the same.
 */
function* otherRoundsIn(
  answers: readonly Answer[],
  { number }: DispatchRound,
  asked: ReadonlySet<string>,
): Iterable<RequestFence> {
  for (const { member, reply } of answers) {
    if (reply.kind !== 'not-known' || reply.fence === undefined) continue;
    if (reply.fence.round !== number || !asked.has(member.id)) yield reply.fence;
  }
}

function reasonOf(answers: readonly Answer[]): string {
  for (const { reply } of answers) {
    if ('reason' in reply) return reply.reason;
    if (reply.kind === 'overloaded') return 'a substation is overloaded';
  }
  return 'not every substation has responded yet';
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
