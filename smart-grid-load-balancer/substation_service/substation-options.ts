import type { RequestMemory } from './request-memory.ts';
import type { SessionTable } from './session-table.ts';

export type SubstationOptions = {
  id: string;
  /** Part of the ids of its sessions; see `lifeSchema`. Undefined if they carry none. */
  life?: string | undefined;
  /** In kW. */
  maxCapacity: number;
  /** The part of the capacity that only high-priority requests may use, in kW. */
  highPriorityReserve: number;
  memory: RequestMemory;
  table?: SessionTable;
};
