import { createHash } from 'node:crypto';

/**
 * Makes up a vehicle id, EV_1000 to EV_9999, for a request that names none. The same request_id has the same
 * vehicle, so that asking again is the same request.
 */
export function vehicleFor(requestId: string): string {
  const number = createHash('sha256').update(requestId).digest().readUInt32BE();
  return `EV_${1_000 + (number % 9_000)}`;
}
