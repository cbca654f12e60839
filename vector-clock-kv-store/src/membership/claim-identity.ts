import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import { counterOf } from '../causality/vector-clock.ts';
import { type ClaimRequest, type Heartbeat, NoClaimsError } from '../replication/transport.ts';
import type { PeerHeartbeat } from './ask-peers.ts';
import type { ClaimAnswer } from './claim.ts';
import type { OwnIdentity } from './own-identity.ts';

/** A member and its answer; undefined if it did not answer. */
export type MemberAnswer = { peer: string; answer: ClaimAnswer | undefined };

/** The members' answers taken together. `silent`: nobody objects, but not all have answered. */
export type Judgement =
  | { kind: 'granted' }
  | { kind: 'taken'; by: string }
  | { kind: 'refused' }
  | { kind: 'silent' };

export type ClaimTiming = { scheduler: Scheduler; until: number; stopped: () => boolean };

/** 0.1 s: as for heartbeats. */
const RETRY_MS = 100;

/** Sends a claim to every peer, again to those that did not answer until `until`, at least once. */
export async function sendClaim(
  claim: { identity: OwnIdentity; request: ClaimRequest },
  peers: readonly PeerHeartbeat[],
  { scheduler, until, stopped }: ClaimTiming,
): Promise<MemberAnswer[]> {
  const answers = new Map<string, ClaimAnswer | undefined>(peers.map(({ peer }) => [peer.id, undefined]));
  for (;;) {
    const waiting = peers.filter(({ peer }) => answers.get(peer.id) === undefined);
    await Promise.all(
      waiting.map(async (member) => answers.set(member.peer.id, await answerOf(member, claim))),
    );
    const all = peers.map(({ peer }) => ({ peer: peer.id, answer: answers.get(peer.id) }));
    if (all.every(({ answer }) => answer !== undefined) || scheduler.now() >= until || stopped()) return all;
    if (judge(all).kind === 'taken') return all;
    await sleep(scheduler, RETRY_MS);
  }
}

/** Judges the answers to a claim. A second process under one name outweighs everything else. */
export function judge(answers: readonly MemberAnswer[]): Judgement {
  const taken = answers.find(({ answer }) => answer?.refusal === 'another process');
  if (taken !== undefined) return { kind: 'taken', by: taken.peer };
  if (answers.some(({ answer }) => answer?.refusal !== undefined)) return { kind: 'refused' };
  return { kind: answers.every(({ answer }) => answer !== undefined) ? 'granted' : 'silent' };
}

/**
 * Reports whether a member can tell that the claimant's data is not an earlier copy. Members that were restored together
 * with it cannot; that of earlier releases and other implementations is not known.
 */
export function isWitnessed(answers: readonly MemberAnswer[]): boolean {
  if (answers.some(({ answer }) => answer?.witness)) return true;
  return answers.length > 0 && answers.every(({ answer }) => answer?.witness === undefined);
}

/** Asks one member. A member that cannot check the claim is judged by what it has heard of. */
async function answerOf(
  { heartbeat, transport }: PeerHeartbeat,
  { identity, request }: { identity: OwnIdentity; request: ClaimRequest },
): Promise<ClaimAnswer | undefined> {
  if (heartbeat === undefined) return undefined;
  try {
    const answer = await transport.claim(request);
    // It could not call this node: it may be able to soon.
    if (answer.refusal === 'nobody') return undefined;
    const { refusal, witness } = answer;
    return refusal === 'unlisted' ? { ...byNumbers(heartbeat, identity), witness } : answer;
  } catch (error) {
    return error instanceof NoClaimsError ? byNumbers(heartbeat, identity) : undefined;
  }
}

function byNumbers({ heardOf }: Heartbeat, { id, lineage }: OwnIdentity): ClaimAnswer {
  const from = lineage.at(-1)?.from ?? 0;
  return counterOf(heardOf, id) > from ? { refusal: 'later write' } : {};
}
