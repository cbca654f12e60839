import { DurableTables, noJournal, type TableJournal } from '@gridclock/durable-tables';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { type RequestRecord, requestRecordSchema } from './routing/request-records.ts';
import { type LifeRecord, lifeRecordSchema } from './sessions/substation-lives.ts';

/** What a balancer keeps over restarts. */
export type BalancerStorage = {
  requests: Iterable<readonly [id: string, record: RequestRecord]>;
  lives: Iterable<readonly [life: string, record: LifeRecord]>;
  journal: TableJournal;
  close: () => Promise<void>;
};

/** The storage of a balancer without a data directory. */
export const noStorage: BalancerStorage = {
  requests: [],
  lives: [],
  journal: noJournal,
  close: async () => {},
};

/**
 * Opens what a balancer remembers on disk.
 *
 * @param directory undefined: nothing outlives the process
 * @throws Error naming the directory if it cannot be used or is damaged
 */
export async function openBalancerStorage(
  directory: string | undefined,
  scheduler: Pick<Scheduler, 'after'>,
  onFailure: (reason: string | undefined) => void,
): Promise<BalancerStorage> {
  if (directory === undefined) return noStorage;
  const tables = await DurableTables.open({
    directory,
    tables: ['requests', 'lives'],
    scheduler,
    onFailure: (failure) => onFailure(failure?.message),
  });
  return {
    requests: tables.entries('requests', requestRecordSchema.parse),
    lives: tables.entries('lives', lifeRecordSchema.parse),
    journal: tables,
    close: () => tables.close(),
  };
}
