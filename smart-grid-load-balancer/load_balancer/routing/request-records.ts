import { chargeMessageSchema, originOfSession } from '@gridclock/grid-protocol';
import { z } from 'zod';
import { type Acceptance, acceptanceSchema, type Member } from '../transport/transport.ts';
import type { Placement } from './placement.ts';

/**
 * What is kept of a request that a substation may have accepted. `member` is the only one that may have. `at` is the
 * time of the last change, in milliseconds since 1970.
 */
export const requestRecordSchema = z.object({
  request: chargeMessageSchema.required({ request_id: true }),
  member: z.object({ id: z.string(), url: z.string() }),
  /** Absent while the outcome is unknown. */
  accepted: z.object({ acceptance: acceptanceSchema, loadBefore: z.number(), hops: z.number() }).optional(),
  /** The session was cut off when its substation lost its memory. */
  interrupted: z.boolean().optional(),
  /** The rounds of this balancer that have sent it, the latest last. Absent in records of earlier releases. */
  rounds: z.array(z.number()).optional(),
  at: z.number(),
});

export type RequestRecord = z.output<typeof requestRecordSchema>;

/** The substation that may have accepted a request, and the rounds of this balancer that have sent it. */
export type PossibleHolder = { member: Member; rounds: readonly number[] };

/** A client retries a few times; of further rounds, the earliest are forgotten, which only costs availability. */
const ROUNDS = 10;

/** Adds the round of a message to those of a record. */
export function withRound(rounds: readonly number[] = [], round: number): number[] {
  if (rounds.length === 0) return [round];
  return [...rounds.filter((other) => other !== round), round].slice(-ROUNDS);
}

/** Receives the changes of the records. `flushed` resolves once all of them are on disk. */
export type RequestJournal = {
  put(table: 'requests', requestId: string, record: RequestRecord): void;
  remove(table: 'requests', requestId: string): void;
  flushed(): Promise<void>;
  /** Why the disk takes no changes; undefined while it does. */
  readonly failure: Error | undefined;
};

export const noRequestJournal: RequestJournal = {
  put() {},
  remove() {},
  flushed: () => Promise.resolve(),
  failure: undefined,
};

/** The session id in an acceptance, where it is one. */
export function sessionIdIn({ session_id: id }: Acceptance): string | undefined {
  return typeof id === 'string' ? id : undefined;
}

/** The record as it is stored: a reader of the disk must not get what stops the session. */
export function withoutSecret(record: RequestRecord): RequestRecord {
  const { accepted } = record;
  if (accepted?.acceptance.session_secret === undefined) return record;
  const { session_secret: _secret, ...acceptance } = accepted.acceptance;
  return Object.assign({}, record, { accepted: Object.assign({}, accepted, { acceptance }) });
}

/** The planned end of an accepted session, in milliseconds since 1970; undefined where its id does not carry it. */
export function endOfSession({ accepted }: RequestRecord): number | undefined {
  const id = accepted && sessionIdIn(accepted.acceptance);
  return id === undefined ? undefined : originOfSession(id)?.endsAt;
}

/** The placement that a record stands for. */
export function placementOf({ accepted, interrupted, member }: RequestRecord): Placement {
  if (accepted === undefined)
    return { kind: 'unknown', member, sent: true, reason: 'sent before, without a response', hops: 0 };
  if (interrupted) {
    return { kind: 'interrupted', sessionId: sessionIdIn(accepted.acceptance) ?? '', member, hops: 0 };
  }
  return { kind: 'accepted', member, ...accepted };
}
