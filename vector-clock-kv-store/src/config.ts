import {
  booleanVariable,
  httpUrlVariable,
  integerVariable,
  portVariable,
  rateLimitVariables,
  secretVariable,
} from '@gridclock/service-kit';
import { z } from 'zod';
import { isNodeName } from './causality/node-id.ts';

/** The node's environment variables; see the README for what each is for. */
export const nodeVariables = {
  NODE_ID: z
    .string()
    .trim()
    .refine(isNodeName, 'must be a word or a number: letters, digits, ".", "_" and "-", at most 63'),
  PEERS: z.string().default(''),
  PORT: portVariable().default(5000),
  DATA_DIR: z.string().optional(),
  CLUSTER_TOKEN: secretVariable(),
  // None: clients are a few services rather than the public, and a store is asked as fast as it can answer.
  ...rateLimitVariables(0),
  ADVERTISE_URL: httpUrlVariable().optional(),
  FAULTS: booleanVariable().default(false),
  TRACE: booleanVariable().default(false),
  // The nodes of one `docker compose up` start within a second or two of each other.
  PEER_WAIT_MS: integerVariable({ min: 0, max: 600_000 }).default(5_000),
  // Enough for whoever resumes a watch or was away for a moment; some megabytes of small writes.
  LOG_RETENTION: integerVariable({ min: 0, max: 1_000_000_000 }).default(10_000),
  // About 100 MB of small writes; what does not fit is refused and sent again.
  BUFFER_CAPACITY: integerVariable({ min: 1, max: 10_000_000 }).default(100_000),
};
