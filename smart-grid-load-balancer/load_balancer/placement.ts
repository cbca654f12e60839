import type { ChargeAccepted } from '@gridclock/grid-protocol';
import type { Member } from './transport.ts';

/** What became of one request. Powers in kW. */
export type Placement =
  | { kind: 'accepted'; answer: ChargeAccepted; member: Member; loadBefore: number; hops: number }
  /**
   * Nobody has room: the most that one substation could take, and the most that one could ever take.
   * `waitedMs`: how long it has waited in vain, in milliseconds, where requests may wait.
   */
  | { kind: 'full'; available: number; capacity: number; hops: number; waitedMs?: number }
  /** Nobody could be asked. */
  | { kind: 'unavailable'; hops: number }
  /**
   * A substation may have accepted it, and does not answer. `member` is the one, where it is known; then only
   * that one may be asked again. `sent`: false when this balancer has only asked whether the request is known.
   */
  | { kind: 'unknown'; member: Member | undefined; sent: boolean; reason: string; hops: number }
  /** The request is wrong. */
  | { kind: 'rejected'; status: number; body: unknown; hops: number };
