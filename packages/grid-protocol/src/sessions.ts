import { z } from 'zod';
import { dispatchOrderSchema, prioritySchema, requestIdSchema } from './charge.ts';

/** A substation's id: short, and safe in a URL, a metric label and a session id. */
export const substationIdSchema = z
  .string({ error: 'must be a string' })
  .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, colons, dashes or underscores')
  .refine(isPathSegment, 'must not be "." or ".."');

/** A running session. charge_amount in kW, remaining_time in seconds, start_time in ISO 8601. */
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

/** Those of other implementations may contain any text, such as a vehicle's id, but no control characters. */
const sessionId = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

/**
 * The path of a session, or undefined if no session can have this id. Clients resolve `.` and `..`, encoded or not, so
 * that such an id would lead to another route.
 */
export function sessionPath(id: string): string | undefined {
  return sessionId.test(id) && isPathSegment(id) ? `/sessions/${encodeURIComponent(id)}` : undefined;
}

function isPathSegment(id: string): boolean {
  return id !== '.' && id !== '..';
}

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
 * A life of a substation: as long as it remembers its sessions. A process without a data directory, or with an empty
 * one, begins a new life. Eight base-36 digits, so that it is exact as a metric's value too.
 */
export const lifeSchema = z.string().regex(/^[0-9a-z]{8}$/);

/** @param random uniform in [0, 1) */
export function newLife(random: number): string {
  return Math.floor(36 ** 7 + random * (36 ** 8 - 36 ** 7)).toString(36);
}

/** A life as the value of a metric. */
export function lifeToNumber(life: string): number {
  return Number.parseInt(life, 36);
}

/** The life that a metric's value stands for, or undefined if it stands for none. */
export function lifeFromNumber(value: number): string | undefined {
  return lifeSchema.safeParse(Number.isSafeInteger(value) ? value.toString(36) : '').data;
}

/** What a session id says of its session. `endsAt` is the planned end, in milliseconds since 1970. */
export type SessionOrigin = { substationId: string; life: string; endsAt: number };

/** The part of a session id after the substation's: its life, the session's planned end, and a unique rest. */
export function uniqueInLife(life: string, endsAt: number, unique: string): string {
  return `${life}.${Math.max(0, Math.round(endsAt)).toString(36)}.${unique}`;
}

/** Reads a session id; undefined if it does not carry a life, as those of other implementations. */
export function originOfSession(sessionId: string): SessionOrigin | undefined {
  const [, substationId, life, endsAt] =
    /^(.+)~([0-9a-z]{8})\.([0-9a-z]{1,10})\.[^~]+$/.exec(sessionId) ?? [];
  if (substationId === undefined || life === undefined || endsAt === undefined) return undefined;
  return { substationId, life, endsAt: Number.parseInt(endsAt, 36) };
}

/**
 * What reads and stops a session by its id, as a bearer token: 256 random bits. Its form keeps services from relaying
 * any other token as one.
 */
export const sessionSecretSchema = z.string().regex(/^session_[A-Za-z0-9_-]{43}$/);

/** @param random 32 random bytes */
export function sessionSecretOf(random: Buffer): string {
  return `session_${random.toString('base64url')}`;
}

/** The `error` of a 401: a running session is read and stopped with its session_secret as a bearer token. */
export const SESSION_SECRET_REQUIRED = 'Authorization: the session_secret is required';

/**
 * What the admin token is derived for when a balancer manages the sessions of a substation's life: the token itself
 * does not leave the balancer, which may learn of substations from DNS.
 */
export function managingSessionsOf(life: string): string {
  return `manage the sessions of ${life}`;
}

/**
 * How a session ended: `finished` (its time was over, or a client stopped it), or `interrupted` (its substation lost
 * its memory meanwhile).
 */
export type SessionEndState = 'finished' | 'interrupted';

/** The `error` of a 410: the session was interrupted because its substation lost its memory. */
export const SESSION_INTERRUPTED = 'Session interrupted';

/**
 * `POST /requests/lookup` of a substation: has it accepted this request_id? If not, it rejects from then on every
 * message about it that comes before `dispatch`.
 *
 * With `settled`, it only learns that the round of `dispatch` has ended and no vehicle is charging under the id.
 */
export const requestLookupSchema = z.object({
  request_id: requestIdSchema,
  dispatch: dispatchOrderSchema,
  settled: z.literal(true, { error: 'must be true' }).optional(),
});

/** The last message about a request_id that a substation rejected or that looked it up, and whether its round settled. */
export const requestFenceSchema = dispatchOrderSchema.extend({
  settled: z.literal(true).optional().catch(undefined),
});

export type RequestFence = z.output<typeof requestFenceSchema>;

/**
 * The response. `fence` is the last message about the id before this one: unless it is settled, it shows that a
 * balancer has handled the id. Other implementations have no such route (404).
 */
export const requestLookupResponseSchema = z.looseObject({
  known: z.boolean(),
  fence: requestFenceSchema.optional().catch(undefined),
});

export type RequestLookup = z.output<typeof requestLookupSchema>;
