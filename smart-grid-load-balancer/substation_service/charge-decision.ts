import type { CapacityRefusal, ChargeAccepted } from '@gridclock/grid-protocol';

/** The session to start if a request is accepted. `now` is in milliseconds since 1970. */
export type ProposedSession = { sessionId: string; now: number; durationMs: number };

/** `secret`: what reads and stops the session. The response is stored without it. */
export type ChargeDecision =
  | { kind: 'accepted'; response: ChargeAccepted; secret?: string | undefined }
  /** The request was accepted before: this is the original response. */
  | { kind: 'replayed'; response: ChargeAccepted; secret?: string | undefined }
  | { kind: 'full'; refusal: CapacityRefusal }
  | { kind: 'draining' }
  /** The disk takes no changes, so that a session could not be kept. */
  | { kind: 'unstorable' }
  /** The request_id belongs to a different request. */
  | { kind: 'conflict' }
  /** The substation has already rejected this or a later message with the same request_id. */
  | { kind: 'superseded' };
