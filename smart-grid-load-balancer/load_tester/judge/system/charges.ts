/** A charge request of the contract; charge_amount in kW. */
export type Charge = {
  vehicle_id: string;
  charge_amount: number;
  priority?: string;
  request_id?: string;
};

/**
 * 60 s, in milliseconds: how long an answer may take when many vehicles come at once. A right program may serve one after
 * another, each in a second.
 */
export const BURST_TIMEOUT_MS = 60_000;

/** A scripted substation received a charge request. */
export type ReceivedCharge = {
  substation: string;
  vehicle: string;
  kw: number;
  priority: unknown;
  requestId: string | undefined;
  /** Whether it is a new session there. */
  isCharged: boolean;
  /** How often this substation's metrics had been read by then. */
  polls: number;
};

/** Formats a charge request for a report. */
export function formatCharge({ vehicle_id, charge_amount, priority, request_id }: Charge): string {
  const details = [
    ...(priority === undefined ? [] : [`${priority} priority`]),
    ...(request_id === undefined ? [] : [`request_id ${request_id}`]),
  ];
  return `${vehicle_id} ${charge_amount} kW${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}
