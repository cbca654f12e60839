import { z } from 'zod';
import { clockSchema } from '../messages/clock.ts';
import { memberSchema } from '../messages/peer.ts';
import { readingSchema, writtenSchema } from '../session-client/responses.ts';

/** The response to a write. */
export const writeResponse = writtenSchema;

/** The response to a read. */
export const readResponse = readingSchema.extend({
  value: z.unknown().meta({ description: 'The value of the winning version; null where the key has none.' }),
});

/** The response of `GET /members` and of changes. */
export const membersResponse = z.object({
  node_id: z.string(),
  clock_id: z.string(),
  peers: z.array(z.looseObject({ id: memberSchema.shape.id, url: z.string() })),
  removed: z.array(z.string()),
});

const bufferedWrite = z.object({
  key: z.string(),
  value: z.unknown(),
  sender: z.string(),
  vector_clock: clockSchema,
});

/** The response of `GET /state`. */
export const stateResponse = z.object({
  node_id: z.string(),
  clock_id: z.string(),
  store: z.record(z.string(), z.unknown()),
  vector_clock: clockSchema,
  buffered: z.array(bufferedWrite),
});

const receivedStatus = z.enum(['applied', 'buffered', 'duplicate']);

/** The response to `POST /replicate`. */
export const replicateResponse = z.object({
  status: receivedStatus,
  vc: clockSchema,
  statuses: z
    .array(receivedStatus)
    .optional()
    .meta({ description: 'Of each message of a list; in version 2, only if they differ.' }),
});

const faultInfo = z.looseObject({ action: z.string() });

/** The response of `GET /faults` and of changes. */
export const faultsResponse = z.object({
  links: z.array(z.object({ peer: z.string(), faults: z.array(faultInfo) })),
});

/** The response of `GET /`, as far as it is the contract's; peers read more. */
export const heartbeatResponse = z.looseObject({
  node_id: z.string(),
  name: z.string(),
  clock_id: z.string(),
  status: z.string().meta({ description: '`ok` while the node serves clients.' }),
  version: z.string().meta({ description: 'The release of the node.' }),
  vector_clock: clockSchema,
  heard_of: clockSchema,
  pruned: clockSchema,
  peers: z.array(z.looseObject({ id: z.string(), url: z.string() })),
  removed: z.array(z.string()),
  conflicts: z.array(z.looseObject({ kind: z.string(), message: z.string() })),
  wire: z.looseObject({ reads: z.tuple([z.int(), z.int()]), writes: z.int() }).meta({
    description:
      'The versions of messages between nodes: the first and last it reads, and the newest it writes.',
  }),
  incompatible_peers: z.array(z.looseObject({ peer: z.string(), message: z.string() })).optional(),
  read_only: z.string().optional().meta({ description: 'Why the node refuses writes, while it does.' }),
  faults: z.array(z.looseObject({ peer: z.string() })).optional(),
});
