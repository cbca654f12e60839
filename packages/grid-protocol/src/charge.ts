import { z } from 'zod';

/**
 * The maximum charge_amount, in kW: a gigawatt. The fastest charging standard, for lorries, allows 3,750 kW, so
 * a larger number is in the wrong unit.
 */
export const MAX_CHARGE_AMOUNT_KW = 1_000_000;

/**
 * The minimum charge_amount, in kW: a milliwatt. Sums of loads up to MAX_CHARGE_AMOUNT_KW keep it; much smaller
 * amounts would be lost in rounding, so that a session takes no capacity.
 */
export const MIN_CHARGE_AMOUNT_KW = 0.000_001;

/** The maximum length of a vehicle_id and a request_id, in characters: enough for a UUID, a VIN or a URN. */
export const MAX_ID_LENGTH = 128;

/** In ascending order. */
export const priorities = ['low', 'normal', 'high'] as const;

/** How urgent a charge is. */
export const prioritySchema = z.enum(priorities, { error: 'must be low, normal or high' });

export type Priority = z.output<typeof prioritySchema>;

const vehicleId = z
  .string({ error: 'must be a string' })
  .max(MAX_ID_LENGTH, `must have at most ${MAX_ID_LENGTH} characters`)
  .refine((value) => value.trim() !== '', 'must not be empty')
  .meta({ minLength: 1, description: 'The vehicle; any text.' });

/** JSON has no NaN, but `JSON.parse` reads `1e999` as Infinity. */
const chargeAmount = z
  .number({ error: 'must be a finite number of kW' })
  .gt(0, { error: 'must be greater than 0', abort: true })
  .gte(MIN_CHARGE_AMOUNT_KW, 'must be at least 0.000001 kW')
  .lte(MAX_CHARGE_AMOUNT_KW, `must be at most ${MAX_CHARGE_AMOUNT_KW} kW`)
  .meta({ description: 'The power that it needs, in kW.' });

/** Visible ASCII: valid in a header as well as in a body. */
export const requestIdSchema = z
  .string({ error: 'must be a string' })
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without spaces')
  .max(MAX_ID_LENGTH, `must have at most ${MAX_ID_LENGTH} characters`);

/** A request to charge a vehicle. charge_amount in kW. Unknown fields are dropped. */
export const chargeRequestSchema = z.object({
  vehicle_id: vehicleId,
  charge_amount: chargeAmount,
  priority: prioritySchema.default('normal').meta({ description: 'How urgent it is.' }),
  request_id: requestIdSchema
    .optional()
    .meta({ description: 'The same for repetitions of one request, which then charge one vehicle.' }),
});

export type ChargeRequest = z.output<typeof chargeRequestSchema>;

/**
 * A charge request between services. `credential` is a hash of the credential that its client sent, if any. Other
 * implementations do not know it.
 */
export const chargeMessageSchema = chargeRequestSchema.extend({
  credential: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 hash in hexadecimal')
    .optional()
    .meta({ description: 'Between services: a hash of the credential that the client sent.' }),
});

type ChargeMessage = z.output<typeof chargeMessageSchema>;

/** A charge request with an id, as the services send it to each other. */
export type IdentifiedChargeRequest = ChargeMessage & { request_id: string };

/**
 * Whether a request repeats a known one: it is for the same charge, and comes with the same credential if the known one
 * had any. Only then may they share a request_id.
 */
export function isSameCharge(known: ChargeMessage, request: ChargeMessage): boolean {
  return (
    known.vehicle_id === request.vehicle_id &&
    known.charge_amount === request.charge_amount &&
    known.priority === request.priority &&
    (known.credential === undefined || known.credential === request.credential)
  );
}

/** The `error` of a request whose request_id belongs to another request. 422 for clients, 409 between services. */
export const REQUEST_ID_REUSED = 'request_id: was used before for a different request';

/** `POST /request_charge`: the charge service fills in missing fields. */
export const partialChargeRequestSchema = chargeRequestSchema.partial({
  vehicle_id: true,
  charge_amount: true,
});

export type PartialChargeRequest = z.output<typeof partialChargeRequestSchema>;

/**
 * The position of a message among all that balancers send about one request_id: first by `round`, then by
 * `attempt`. Each search for a substation is a round, each message in it an attempt. Once a substation has
 * rejected a request or not found it in a lookup, it rejects delayed messages that come earlier in this order.
 */
export const dispatchOrderSchema = z.object(
  {
    round: z.int({ error: 'must be a whole number' }).min(0, 'must not be negative'),
    attempt: z.int({ error: 'must be a whole number' }).min(0, 'must not be negative'),
  },
  { error: 'must be an object {round, attempt}' },
);

export type DispatchOrder = z.output<typeof dispatchOrderSchema>;

/** A balancer's charge request to a substation. Other clients may omit `dispatch`. */
export const substationChargeRequestSchema = chargeMessageSchema.extend({
  dispatch: dispatchOrderSchema.optional(),
});

export type SubstationChargeRequest = z.output<typeof substationChargeRequestSchema>;

/** A substation's 200 to a charge request. Powers in kW, estimated_duration in s, start_time in ISO 8601. */
export const chargeAcceptedSchema = z.looseObject({
  status: z.literal('accepted'),
  session_id: z.string(),
  substation_id: z.string(),
  vehicle_id: z.string(),
  charge_amount: z.number(),
  estimated_duration: z.number(),
  start_time: z.string(),
  current_load: z.number(),
  max_capacity: z.number(),
  /** Reads and stops the session; see `sessionSecretSchema`. Other implementations give none. */
  session_secret: z.string().optional(),
});

export type ChargeAccepted = z.output<typeof chargeAcceptedSchema>;

/** The balancer's 200: the substation's response, and the load that the balancer saw before, in kW. */
export const routedChargeSchema = chargeAcceptedSchema.extend({
  routed_by: z.literal('load_balancer'),
  substation_load_before: z.number(),
});

/** The `error` of a 503 from a full grid or substation: not a failure. */
export const INSUFFICIENT_CAPACITY = 'Insufficient capacity';

/** The `error` of a 503 from a substation that accepts no new sessions. */
export const DRAINING = 'Draining';

/** The `error` of a 503 from a service whose disk takes no changes. Nothing was started, and reads still work. */
export const STORAGE_UNAVAILABLE = 'Storage unavailable';

/** The `error` of a 503 from a service with too many requests in progress. It has not read the request. */
export const OVERLOADED = 'Overloaded';

/** The `error` of the charge service's 503 if the balancer does not respond. */
export const LOAD_BALANCER_UNAVAILABLE = 'Load balancer unavailable';

/** The `error` of the balancer's 503 if it can reach no substation. */
export const NO_SUBSTATION_AVAILABLE = 'No substation available';

/**
 * The `error` of the balancer's 503 if the request fits at no substation that responds, but may fit at one that
 * does not. Not charged.
 */
export const CAPACITY_UNKNOWN = 'Capacity unknown';

/** The `error` of the balancer's 422 if no substation is large enough, even without load. Retrying is useless. */
export const TOO_LARGE = 'charge_amount: is larger than every substation';

/** The `error` of a 503 if no time was left to ask (another) substation. Not charged. */
export const DEADLINE_EXCEEDED = 'Deadline exceeded';

/** The `error` of a 504: a substation may have accepted the request. Repeat it with the same request_id. */
export const OUTCOME_UNKNOWN = 'Outcome unknown';

/** The `error` of a substation's 409 to a message that arrives after a later one with its request_id. */
export const SUPERSEDED = 'Superseded';

/** A substation's 503 for lack of capacity. Powers in kW. */
export const capacityRefusalSchema = z.looseObject({
  error: z.literal(INSUFFICIENT_CAPACITY),
  current_load: z.number(),
  max_capacity: z.number(),
  available_capacity: z.number(),
});

export type CapacityRefusal = z.output<typeof capacityRefusalSchema>;

/** The response header that is `true` if a substation replays its response to a repeated request_id. */
export const REPLAYED_HEADER = 'idempotency-replayed';

/**
 * Whether a request_id may have been sent before. It determines which substations the balancer must look the
 * request up at before it may place it.
 *
 * - `new`: the sender has generated the id for this message.
 * - `unseen`: the id comes from the client, and the sender has not seen it before.
 * - `repeated`: the id has been sent before, or may have been. The default if the header is missing.
 */
export const requestHistorySchema = z.enum(['new', 'unseen', 'repeated']);

export type RequestHistory = z.output<typeof requestHistorySchema>;

/** The request header that carries a {@link RequestHistory}. */
export const REQUEST_HISTORY_HEADER = 'request-history';

/**
 * The request header that says when a charge request is withdrawn: {@link ON_CLOSE} if the sender has generated the
 * request_id, so that nobody can ask for the outcome once it has closed its connection. Without the header, the request
 * continues, so that a retry with the same request_id finds its session.
 */
export const WITHDRAWAL_HEADER = 'request-withdrawal';

/** The value of {@link WITHDRAWAL_HEADER}. */
export const ON_CLOSE = 'on-close';

/**
 * The request header with the time that the sender waits for the response, in whole milliseconds. The receiver
 * starts no work that it cannot finish by then. Without the header, there is no deadline.
 */
export const DEADLINE_HEADER = 'request-deadline-ms';

/**
 * The request header that limits how many messages about one request the receiver sends to substations that do not
 * answer. A sender that repeats a request allows 1, because an earlier balancer may have sent some before it was lost.
 * Without the header, the receiver sends at most {@link MAX_ATTEMPTS}.
 */
export const ATTEMPTS_HEADER = 'request-attempts';

/**
 * Messages about one request, over all hops, to substations that do not answer. Three lost responses in a row are rare
 * unless the substation has failed, and then more messages only add to its load.
 */
export const MAX_ATTEMPTS = 3;

/**
 * The request header that is the same in all copies of one request, which its sender sends on several connections.
 * A balancer that places copies once says so in the same header of its response.
 */
export const REQUEST_COPY_HEADER = 'request-copy';
