import type { ChargeDecision } from '../../substation_service/charge-decision.ts';
import { RequestMemory } from '../../substation_service/request-memory.ts';
import {
  type SubstationJournal,
  type SubstationRecords,
  substationTables,
} from '../../substation_service/session-records.ts';
import { SessionTable } from '../../substation_service/session-table.ts';
import { Substation } from '../../substation_service/substation.ts';

type Step =
  | { charge: number; kw: number; seconds: number }
  | { stop: number }
  /** In seconds. */
  | { wait: number }
  | { lookUp: number; round: number };

/** A journal in memory, as JSON, as it is on disk. */
class MemoryJournal implements SubstationJournal {
  readonly #tables = new Map(Object.keys(substationTables).map((name) => [name, new Map<string, string>()]));

  put(table: string, key: string, value: unknown): void {
    this.#tables.get(table)?.set(key, JSON.stringify(value));
  }

  remove(table: string, key: string): void {
    this.#tables.get(table)?.delete(key);
  }

  records(): SubstationRecords {
    const { fences, requests, sessions, totals } = substationTables;
    return {
      sessions: this.#read('sessions', sessions.parse),
      requests: this.#read('requests', requests.parse),
      fences: this.#read('fences', fences.parse),
      totals: new Map(this.#read('totals', totals.parse)).get('totals'),
    };
  }

  #read<Value>(table: string, parse: (value: unknown) => Value): [string, Value][] {
    return [...(this.#tables.get(table) ?? [])].map(([key, json]) => [key, parse(JSON.parse(json))]);
  }
}

/** A substation of 100 kW on a clock that the test moves. Its state outlives a restart in its journal. */
export class RecordedSubstation {
  readonly #journal = new MemoryJournal();
  #now = 1_700_000_000_000;
  #sessions = 0;
  #substation = this.#create();
  readonly #decisions: ChargeDecision[] = [];

  take(step: Step): void {
    if ('charge' in step) this.#charge(step);
    else if ('stop' in step) this.#substation.end(this.#id(step.stop), this.#now, 'stopped');
    else if ('lookUp' in step)
      this.#substation.lookup({
        request_id: `r${step.lookUp}`,
        dispatch: { round: step.round, attempt: 0 },
      });
    else {
      this.skip(step.wait);
      for (const [id, ms] of [...this.#substation.remaining(this.#now)])
        if (ms === 0) this.#substation.end(id, this.#now);
    }
  }

  /** Lets seconds pass without ending sessions, as while the process is down. */
  skip(seconds: number): void {
    this.#now += 1_000 * seconds;
  }

  /** Ends the process, and starts another one with its journal. */
  restart(): void {
    this.#substation = this.#create();
    this.#substation.restore(this.#journal.records(), this.#now);
  }

  /** All that a client can see. */
  state() {
    const { load, totals } = this.#substation;
    const sessions = this.#substation
      .sessions(this.#now)
      .sort((a, b) => (a.session_id < b.session_id ? -1 : 1));
    return { load, totals, sessions, decisions: this.#decisions };
  }

  #create(): Substation {
    const now = () => this.#now;
    return new Substation({
      id: 's1',
      maxCapacity: 100,
      highPriorityReserve: 0,
      memory: new RequestMemory({ rememberMs: 60_000, limit: 100, now, journal: this.#journal }),
      table: new SessionTable(this.#journal, this.#journal.records().totals),
    });
  }

  #charge({ charge, kw, seconds }: { charge: number; kw: number; seconds: number }): void {
    this.#sessions += 1;
    const decision = this.#substation.admit(
      {
        vehicle_id: `EV_${charge}`,
        charge_amount: kw,
        priority: 'normal',
        request_id: `r${charge}`,
        dispatch: { round: 1, attempt: this.#sessions },
      },
      { sessionId: this.#id(this.#sessions), now: this.#now, durationMs: 1_000 * seconds },
    );
    this.#decisions.push(decision);
  }

  #id(session: number): string {
    return `s1~${session}`;
  }
}
