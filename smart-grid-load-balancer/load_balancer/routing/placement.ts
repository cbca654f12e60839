import type { Acceptance, Member } from '../transport/transport.ts';

/** A substation's load, capacity and free capacity, in kW. */
export type Headroom = { load: number; capacity: number; available: number };

/**
 * The result of one charge request. `hops` is the number of substations asked. Power in kW.
 *
 * A *refusal* is one substation's no for lack of capacity. A request is *rejected* when no substation is left that
 * might accept it, at once or after its wait in the queue: `full`, or `capacity-unknown` while some do not respond. A
 * request that breaks a rule is `invalid`.
 */
export type Placement =
  | { kind: 'accepted'; acceptance: Acceptance; member: Member; loadBefore: number; hops: number }
  /**
   * The request fits nowhere. `roomiest` has the most free capacity, `largestCapacity` is the maximum of all.
   * `waitedMs` is the time in the admission queue, where there is one; `displaced` if a request of higher priority took
   * its place there.
   */
  | {
      kind: 'full';
      roomiest: Headroom;
      largestCapacity: number;
      hops: number;
      waitedMs?: number;
      displaced?: true;
    }
  /** The sender's time was over before a substation accepted. The vehicle is not charging. */
  | { kind: 'expired'; hops: number }
  /**
   * The sender left before a substation accepted, so that the request was given up. `member`, where there is one, was
   * being asked and may have accepted.
   */
  | { kind: 'withdrawn'; member: Member | undefined; hops: number }
  /** No substation responded. */
  | { kind: 'unavailable'; hops: number }
  /**
   * The request fits at no substation that was asked, but `unknown` others may have room: they do not respond, or
   * enough were asked.
   * `roomiest`, `largestCapacity`, `waitedMs` and `displaced` as for `full`.
   */
  | {
      kind: 'capacity-unknown';
      unknown: string[];
      roomiest: Headroom;
      largestCapacity: number;
      hops: number;
      waitedMs?: number;
      displaced?: true;
    }
  /** The request exceeds the capacity of every substation. */
  | { kind: 'too-large'; largestCapacity: number; hops: number }
  /**
   * A substation that does not respond may have accepted the request. Only `member`, where it is known, may be
   * asked again. `sent` is false when no charge message was sent, only a lookup of the request_id.
   */
  | { kind: 'unknown'; member: Member | undefined; sent: boolean; reason: string; hops: number }
  /** The session that the request started was cut off when its substation lost its memory. */
  | { kind: 'interrupted'; sessionId: string; member: Member; hops: number }
  /**
   * The balancer's disk takes no changes, so that it could not remember who may have accepted. Nothing was sent.
   * `usedBefore` is whether an earlier request with the same id may have been accepted.
   */
  | { kind: 'unstorable'; usedBefore: boolean; hops: number }
  /** The request breaks a rule; status and body are for the client. */
  | { kind: 'invalid'; status: number; body: unknown; hops: number };

/** Whether the request charges no vehicle for certain, so that it may be placed again. */
export function isDefiniteNo({ kind }: Placement): boolean {
  return (
    kind === 'full' ||
    kind === 'capacity-unknown' ||
    kind === 'too-large' ||
    kind === 'unavailable' ||
    kind === 'expired'
  );
}

/** A request that may fit later: it may wait in the admission queue. */
export type Refusal = Extract<Placement, { kind: 'full' | 'capacity-unknown' }>;

export function isRefusal(placement: Placement): placement is Refusal {
  return placement.kind === 'full' || placement.kind === 'capacity-unknown';
}
