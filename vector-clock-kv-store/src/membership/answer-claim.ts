import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { Peer } from '../causality/peer.ts';
import { counterOf, type VectorClock } from '../causality/vector-clock.ts';
import type { ClaimRequest, Heartbeat } from '../replication/transport.ts';
import { type ClaimAnswer, type Holder, objectionTo } from './claim.ts';
import type { ClaimRegistry } from './claim-registry.ts';
import { within } from './within.ts';

export type ClaimDependencies = {
  registry: ClaimRegistry;
  scheduler: Scheduler;
  /** Where this node expects the peer: at the address in use, or the configured one. Empty if it is no member. */
  listed: readonly Peer[];
  /** Requests a heartbeat at an address. */
  heartbeatAt: (peer: Peer) => Promise<Heartbeat>;
  heardOf: () => VectorClock;
  /** Whether this node serves, so that it has what the other members have. */
  isServing: boolean;
  /** Called with the claimant's heartbeat, and with the address that it came from. */
  onVerified: (heartbeat: Heartbeat, peer: Peer) => void;
  /** Called with the address of the process that holds the name now. */
  onAddress: (peer: Peer) => void;
};

/** 1 s: a process that runs responds within milliseconds; the claimant waits for the answer. */
const CALL_MS = 1_000;

/**
 * Answers a claim. What the request says is only a reason to call: the claim itself is read from the heartbeat of
 * the process that answers at the name's address, so a forged request changes nothing.
 */
export async function answerClaim(
  { id: name, life, url, confirm }: ClaimRequest,
  { registry, scheduler, listed, heartbeatAt, heardOf, isServing, onVerified, onAddress }: ClaimDependencies,
): Promise<ClaimAnswer> {
  const advertised = url === undefined || listed.some((peer) => peer.url === url) ? [] : [{ id: name, url }];
  const calls = await Promise.all(
    [...listed, ...advertised].map(async (peer) => ({
      peer,
      heartbeat: await within(CALL_MS, scheduler, heartbeatAt(peer)),
    })),
  );
  const named = calls.flatMap(({ peer, heartbeat }) =>
    heartbeat?.name === name ? [{ peer, heartbeat }] : [],
  );
  // A node's statement about its address precedes that of others.
  const own = named.filter(({ heartbeat }) => heartbeat.life === life);
  const claimant = own.find(({ peer }) => peer.url === url) ?? own[0];
  const other = named.some(({ heartbeat }) => heartbeat.life !== life && heartbeat.status !== 'conflict');
  const holder: Holder = other ? 'another process' : claimant === undefined ? 'nobody' : 'claimant';
  if (claimant !== undefined && !other) onVerified(claimant.heartbeat, claimant.peer);
  if (listed.length === 0) return { refusal: 'unlisted', witness: false };
  const { id = name, lineage = [], status } = claimant?.heartbeat ?? {};
  const record = registry.of(name);
  // A node that runs does not claim: it announces itself, and `onVerified` has compared what it says.
  if (status === 'ok' || status === 'catching-up') {
    if (claimant !== undefined && !other) onAddress(claimant.peer);
    return { record };
  }
  const witness = isServing && registry.isWitness(name);
  const refusal = objectionTo({ id, lineage }, { holder, heard: counterOf(heardOf(), id), record });
  if (refusal === undefined && confirm) {
    if (claimant !== undefined) onAddress(claimant.peer);
    await registry.record(name, lineage);
  }
  return { refusal, record, witness };
}
