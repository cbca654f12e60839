import { z } from 'zod';
import { dispatchOrderSchema, prioritySchema, requestIdSchema } from './charge.ts';

/** A substation's name: short, and safe in a URL, a metric label and a session id. */
export const substationIdSchema = z
  .string({ error: 'must be a string' })
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, colons, dashes or underscores');

/** A running session. charge_amount in kW, remaining_time in seconds, start_time ISO 8601. */
export const sessionSchema = z.looseObject({
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

/** `DELETE /sessions/:id`: the session as it was, and the substation's load without it, in kW. */
export const sessionStoppedSchema = z.looseObject({
  status: z.literal('stopped'),
  session_id: z.string(),
  substation_id: z.string(),
  current_load: z.number(),
});

export type SessionStopped = z.output<typeof sessionStoppedSchema>;

const SEPARATOR = '~';

/** A session id names its substation, so that any balancer finds the session without having seen it before. */
export function sessionIdOf(substationId: string, unique: string): string {
  return `${substationId}${SEPARATOR}${unique}`;
}

/** The substation that a session id names, or undefined where it names none. */
export function substationOfSession(sessionId: string): string | undefined {
  const end = sessionId.lastIndexOf(SEPARATOR);
  return end > 0 ? sessionId.slice(0, end) : undefined;
}

/**
 * `POST /requests/lookup` of a substation: does it know this request_id? When it does not, it refuses from then
 * on every charge with this id whose dispatch order is before `dispatch`.
 */
export const requestLookupSchema = z.object({ request_id: requestIdSchema, dispatch: dispatchOrderSchema });

export type RequestLookup = z.output<typeof requestLookupSchema>;
