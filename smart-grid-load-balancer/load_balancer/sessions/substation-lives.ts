import { originOfSession, type SessionEndState } from '@gridclock/grid-protocol';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** A life that a substation has had. `lastSeen` is in milliseconds since 1970. */
export const lifeRecordSchema = z.object({ member: z.string(), durable: z.boolean(), lastSeen: z.number() });

export type LifeRecord = z.output<typeof lifeRecordSchema>;

export type SubstationLivesOptions = {
  /** Milliseconds since 1970. */
  wallClock: () => number;
  journal?: {
    put(table: 'lives', life: string, record: LifeRecord): void;
    remove(table: 'lives', life: string): void;
  };
  /** Called when a substation has lost its memory. `lastSeen`: when the lost life was last seen, as above. */
  onLost: (member: string, life: string, lastSeen: number) => void;
};

/** The most lives remembered, at about 100 bytes each: ten per substation of a grid of 1,000. */
const LIMIT = 10_000;

/** How long a life is remembered after it was last seen: a day, longer than most sessions. */
const REMEMBER_MS = 24 * 3_600_000;

/** A minute: how exactly the journal knows when a life was last seen. */
const RECORD_EVERY_MS = 60_000;

/**
 * The lives of all substations, by the polls. A substation that lost its memory begins a new life: sessions of the old
 * one that had not ended when it was last seen were interrupted.
 */
export class SubstationLives {
  readonly #options: SubstationLivesOptions;
  /** The present life of each member. */
  readonly #current = new Map<string, string>();
  readonly #lives: LRUCache<string, LifeRecord>;
  readonly #recordedAt = new Map<string, number>();

  constructor(options: SubstationLivesOptions) {
    this.#options = options;
    this.#lives = new LRUCache({
      max: LIMIT,
      dispose: (_record, life, reason) => {
        if (reason !== 'set') options.journal?.remove('lives', life);
      },
    });
  }

  /** Remembers what was recorded before a restart. */
  restore(lives: Iterable<readonly [life: string, record: LifeRecord]>): void {
    const now = this.#options.wallClock();
    const byAge = [...lives].sort(([, a], [, b]) => a.lastSeen - b.lastSeen);
    for (const [life, record] of byAge) {
      if (now - record.lastSeen > REMEMBER_MS) this.#options.journal?.remove('lives', life);
      else {
        this.#lives.set(life, record);
        this.#current.set(record.member, life);
      }
    }
  }

  /** Records the life in a substation's response to a poll. */
  seen(member: string, life: string, durable: boolean): void {
    const now = this.#options.wallClock();
    const previous = this.#current.get(member);
    this.#current.set(member, life);
    this.#lives.set(life, { member, durable, lastSeen: now });
    if (previous !== life || now - (this.#recordedAt.get(member) ?? 0) >= RECORD_EVERY_MS) {
      this.#recordedAt.set(member, now);
      this.#options.journal?.put('lives', life, { member, durable, lastSeen: now });
    }
    if (previous === undefined || previous === life) return;
    const lost = this.#lives.get(previous);
    if (lost === undefined) return;
    this.#options.journal?.put('lives', previous, lost);
    this.#options.onLost(member, previous, lost.lastSeen);
  }

  /** Whether a substation keeps its sessions when its process ends. False for one that does not say so. */
  isDurable(member: string): boolean {
    return this.#presentLife(member)?.durable ?? false;
  }

  /** Whether a substation's sessions are known to end with its process. */
  isVolatile(member: string): boolean {
    return this.#presentLife(member)?.durable === false;
  }

  /** The present life of a substation; undefined if it does not say. */
  lifeOf(member: string): string | undefined {
    return this.#current.get(member);
  }

  /** How the session ended, if its life is over; undefined if it is not, or was never seen. */
  endOf(sessionId: string): SessionEndState | undefined {
    const origin = originOfSession(sessionId);
    if (origin === undefined) return undefined;
    const record = this.#lives.peek(origin.life);
    if (record === undefined || this.#current.get(record.member) === origin.life) return undefined;
    return record.lastSeen >= origin.endsAt ? 'finished' : 'interrupted';
  }

  #presentLife(member: string): LifeRecord | undefined {
    return this.#lives.peek(this.#current.get(member) ?? '');
  }
}
