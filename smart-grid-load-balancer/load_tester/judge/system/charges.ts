/** A charge request of the contract; charge_amount in kW. */
export type Charge = {
  vehicle_id: string;
  charge_amount: number;
  priority?: string;
  request_id?: string;
};

/** A scripted substation received a charge request. */
export type ReceivedCharge = {
  substation: string;
  vehicle: string;
  kw: number;
  requestId: string | undefined;
  /** Whether it is a new session there. */
  isCharged: boolean;
  /** How often this substation's metrics had been read by then. */
  polls: number;
};

/** Formats a charge request for a report. */
export function formatCharge({ vehicle_id, charge_amount, request_id }: Charge): string {
  return `${vehicle_id} ${charge_amount} kW${request_id === undefined ? '' : ` (request_id ${request_id})`}`;
}
