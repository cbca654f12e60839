import {
  chargeAcceptedSchema,
  lifeSchema,
  requestFenceSchema,
  substationChargeRequestSchema,
} from '@gridclock/grid-protocol';
import { z } from 'zod';

/** An accepted request and its response. */
const acceptedChargeSchema = z.object({
  request: substationChargeRequestSchema,
  response: chargeAcceptedSchema,
});

/** An accepted request and its response. */
export type AcceptedCharge = z.output<typeof acceptedChargeSchema>;

/** A running session. Times in milliseconds since 1970. */
const runningSessionSchema = acceptedChargeSchema.extend({ startedAt: z.number(), endsAt: z.number() });

export type RunningSession = z.output<typeof runningSessionSchema>;

const count = z.int().min(0);

/** Hashes of what reads and stops a session, in hexadecimal. */
const sessionSecretSchema = z.object({ hashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1) });

export type SessionSecretRecord = z.output<typeof sessionSecretSchema>;

/** What a substation has counted over all its restarts. Power in milliwatts, energy in joules. */
const totalsSchema = z.object({
  accepted: count,
  acceptedPower: count,
  energy: count,
  ended: z.object({ completed: count, stopped: count, withdrawn: count }),
});

export type Totals = z.output<typeof totalsSchema>;

/** Why a session ended: its time was over, a client stopped it, or it could not be stored and was refused. */
export type SessionEnd = keyof Totals['ended'];

export const noTotals: Totals = {
  accepted: 0,
  acceptedPower: 0,
  energy: 0,
  ended: { completed: 0, stopped: 0, withdrawn: 0 },
};

/** The tables of a substation, with the schema of their values. */
export const substationTables = {
  /** By session id. */
  sessions: runningSessionSchema,
  /** Of running sessions, by session id. */
  secrets: sessionSecretSchema,
  /** Requests whose session has ended, by request id. `at` in milliseconds since 1970. */
  requests: acceptedChargeSchema.extend({ at: z.number() }),
  /** By request id. */
  fences: z.object({ order: requestFenceSchema, at: z.number() }),
  /** Under the key `totals`. */
  totals: totalsSchema,
  /** Under the key `identity`. */
  identity: z.object({ substation: z.string(), life: lifeSchema }),
} as const;

export type SubstationTable = keyof typeof substationTables;

type Value<Table extends SubstationTable> = z.output<(typeof substationTables)[Table]>;

/** Receives each change of a table. The core does not know when it is on disk. */
export type SubstationJournal = {
  put<Table extends SubstationTable>(table: Table, key: string, value: Value<Table>): void;
  remove(table: SubstationTable, key: string): void;
};

/** What a substation remembers when it starts. */
export type SubstationRecords = {
  sessions: Iterable<readonly [id: string, session: RunningSession]>;
  requests: Iterable<readonly [id: string, request: Value<'requests'>]>;
  fences: Iterable<readonly [id: string, fence: Value<'fences'>]>;
  totals: Totals | undefined;
};

export const noJournal: SubstationJournal = { put() {}, remove() {} };
