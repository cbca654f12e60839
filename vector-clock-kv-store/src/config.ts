import {
  allowedPeersVariable,
  booleanVariable,
  integerVariable,
  originSchema,
  portVariable,
  rateLimitVariables,
  secretVariable,
} from '@gridclock/service-kit';
import { suiteControlVariables } from '@gridclock/ui-kit/control';
import { z } from 'zod';
import { isNodeName } from './causality/node-id.ts';
import { BUFFER_BYTES, LOG_RETENTION_BYTES, WATCH_LIMIT } from './limits.ts';

/** A budget in bytes, 1 MB at least: below that, a single large write exceeds it. */
const bytesVariable = (byDefault: number) =>
  integerVariable({ min: 1_000_000, max: 1e12 }).default(byDefault);

/** The node's environment variables. The README documents each. */
export const nodeVariables = {
  NODE_ID: z
    .string()
    .trim()
    .refine(isNodeName, 'must be a word or a number: letters, digits, ".", "_" and "-", at most 63'),
  PEERS: z.string().default(''),
  PORT: portVariable().default(5000),
  DATA_DIR: z.string().optional(),
  // Off: an empty node that reaches nobody may be one that lost its disk.
  FOUND_CLUSTER: booleanVariable().default(false),
  CLUSTER_TOKEN: secretVariable(),
  // No rate limit: clients are a few services, not the public, and need the store's full throughput.
  ...rateLimitVariables(0),
  ADVERTISE_URL: originSchema.optional(),
  ALLOWED_PEERS: allowedPeersVariable(),
  FAULTS: booleanVariable().default(false),
  TRACE: booleanVariable().default(false),
  // 5 s: the nodes of one `docker compose up` start within a second or two of each other.
  PEER_WAIT_MS: integerVariable({ min: 0, max: 600_000 }).default(5_000),
  // Lets a watch resume, or a node return, after a short absence; a few megabytes of small writes.
  LOG_RETENTION: integerVariable({ min: 0, max: 1_000_000_000 }).default(10_000),
  // The same for large writes. Also how far the log may grow while it waits for peers to report what they have.
  LOG_RETENTION_BYTES: bytesVariable(LOG_RETENTION_BYTES),
  // Depends on DATA_DIR, see limits.ts.
  LOG_LIMIT_BYTES: integerVariable({ min: 1_000_000, max: 1e12 }).optional(),
  // When either is reached, the node refuses writes that must wait; peers send them again later.
  BUFFER_CAPACITY: integerVariable({ min: 1, max: 10_000_000 }).default(100_000),
  BUFFER_BYTES: bytesVariable(BUFFER_BYTES),
  WATCH_LIMIT: integerVariable({ min: 1, max: 100_000 }).default(WATCH_LIMIT),
  ...suiteControlVariables,
};
