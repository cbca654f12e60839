import { DurableTables, noJournal as noTables, type TableJournal } from '@gridclock/durable-tables';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import {
  type SessionSecretRecord,
  type SubstationRecords,
  type SubstationTable,
  substationTables,
} from './session-records.ts';

export type SubstationStorage = {
  /** The stored id; undefined without a data directory, and in a new one. */
  identity: { substation: string; life: string } | undefined;
  records: SubstationRecords;
  /** By session id. */
  secrets: Iterable<readonly [id: string, secrets: SessionSecretRecord]>;
  journal: TableJournal;
  close: () => Promise<void>;
};

const none: SubstationStorage = {
  identity: undefined,
  records: { sessions: [], requests: [], fences: [], totals: undefined },
  secrets: [],
  journal: noTables,
  close: async () => {},
};

/**
 * Opens what a substation remembers on disk.
 *
 * @param directory undefined: nothing outlives the process
 * @throws Error naming the directory if it cannot be used or is damaged
 */
export async function openSubstationStorage(
  directory: string | undefined,
  scheduler: Pick<Scheduler, 'after'>,
  onFailure: (reason: string | undefined) => void,
): Promise<SubstationStorage> {
  if (directory === undefined) return none;
  const tables = await DurableTables.open({
    directory,
    tables: Object.keys(substationTables) as SubstationTable[],
    scheduler,
    onFailure: (failure) => onFailure(failure?.message),
  });
  const { fences, identity, requests, secrets, sessions, totals } = substationTables;
  return {
    identity: new Map(tables.entries('identity', identity.parse)).get('identity'),
    records: {
      sessions: tables.entries('sessions', sessions.parse),
      requests: tables.entries('requests', requests.parse),
      fences: tables.entries('fences', fences.parse),
      totals: new Map(tables.entries('totals', totals.parse)).get('totals'),
    },
    secrets: tables.entries('secrets', secrets.parse),
    journal: tables,
    close: () => tables.close(),
  };
}
