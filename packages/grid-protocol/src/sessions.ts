import { z } from 'zod';
import { dispatchOrderSchema, prioritySchema, requestIdSchema } from './charge.ts';

/** A substation's id: short, and safe in a URL, a metric label and a session id. */
export const substationIdSchema = z
  .string({ error: 'must be a string' })
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, colons, dashes or underscores');

/** A running session. charge_amount in kW, remaining_time in seconds, start_time in ISO 8601. */
const sessionSchema = z.looseObject({
  session_id: z.string(),
  substation_id: z.string(),
  vehicle_id: z.string(),
  charge_amount: z.number(),
  priority: prioritySchema,
  start_time: z.string(),
  remaining_time: z.number(),
});

export type Session = z.output<typeof sessionSchema>;

/** `GET /sessions` of a substation. */
export const sessionListSchema = z.looseObject({ sessions: z.array(sessionSchema) });

const SEPARATOR = '~';

/** A session id contains its substation's id, so that every balancer can locate the session. */
export function sessionIdOf(substationId: string, unique: string): string {
  return `${substationId}${SEPARATOR}${unique}`;
}

/** The substation's id in a session id, or undefined if there is none. */
export function substationOfSession(sessionId: string): string | undefined {
  const end = sessionId.lastIndexOf(SEPARATOR);
  return end > 0 ? sessionId.slice(0, end) : undefined;
}

/**
 * `POST /requests/lookup` of a substation: has it accepted this request_id? If not, it rejects from then on every
 * message about it that comes before `dispatch`.
 */
export const requestLookupSchema = z.object({ request_id: requestIdSchema, dispatch: dispatchOrderSchema });

export type RequestLookup = z.output<typeof requestLookupSchema>;
