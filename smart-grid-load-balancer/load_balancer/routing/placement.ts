import type { Acceptance, Member } from '../transport/transport.ts';

/** What a substation has left. Powers in kW. */
export type Room = { load: number; capacity: number; available: number };

/** What became of one request. Powers in kW. */
export type Placement =
  | { kind: 'accepted'; answer: Acceptance; member: Member; loadBefore: number; hops: number }
  /**
   * Nobody has room. `roomiest` is the substation with the most of it, `largest` the capacity of the largest.
   * `waitedMs`: how long it has waited in vain, in milliseconds, where requests may wait.
   */
  | { kind: 'full'; roomiest: Room; largest: number; hops: number; waitedMs?: number }
  /** Nobody could be asked. */
  | { kind: 'unavailable'; hops: number }
  /**
   * A substation may have accepted it, and does not answer. `member` is the one, where it is known; then only
   * that one may be asked again. `sent`: false when this balancer has only asked whether the request is known.
   */
  | { kind: 'unknown'; member: Member | undefined; sent: boolean; reason: string; hops: number }
  /** The request is wrong. */
  | { kind: 'rejected'; status: number; body: unknown; hops: number };
