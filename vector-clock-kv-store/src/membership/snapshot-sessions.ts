import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { incarnationSuffix } from '../causality/node-id.ts';
import { descends } from '../causality/vector-clock.ts';
import { SNAPSHOT_PAGE_BYTES } from '../limits.ts';
import type { Snapshot, SnapshotPage, Storage } from '../storage/storage.ts';

/** Too many peers read a snapshot of this node; they must try again later. */
export class SnapshotsBusyError extends Error {
  override readonly name = 'SnapshotsBusyError';
}

/** The snapshot that a mark belongs to is closed; its reader must start over. */
export class UnknownMarkError extends Error {
  override readonly name = 'UnknownMarkError';
}

/** 4: every open snapshot keeps the disk space of what is overwritten meanwhile. */
const MAX_OPEN = 4;

/** 30 s: storing a page takes a peer well under a second, and a paused peer may continue. */
const IDLE_MS = 30_000;

/** 5 s without a request, as long as a request may take: a snapshot may make way for another reader's. */
const REPLACEABLE_AFTER_MS = 5_000;

export type SnapshotSessionsOptions = {
  storage: Pick<Storage, 'openSnapshot' | 'clock' | 'awaited'>;
  scheduler: Scheduler;
  /** Uniform in [0, 1). Names the sessions, so that no mark is valid after a restart. */
  random: () => number;
  /** About how many bytes of JSON one page has. */
  pageBytes?: number | undefined;
};

type Session = {
  snapshot: Snapshot;
  /** The cursor of each page that was sent or is next. Pages are read again if a response was lost. */
  cursors: (string | undefined)[];
  usedAt: number;
  cancelTimeout: () => void;
};

/**
 * Serves snapshots of a storage to peers, page by page. All pages of a snapshot, and its clock, are of one moment, so
 * that they are causally consistent whatever is written meanwhile.
 */
export class SnapshotSessions {
  readonly #options: SnapshotSessionsOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: SnapshotSessionsOptions) {
    this.#options = options;
  }

  /** The number of open snapshots. */
  get open(): number {
    return this.#sessions.size;
  }

  /**
   * Returns the page at a mark; without one, opens a snapshot and returns its first page.
   *
   * @throws SnapshotsBusyError if the data here is not consistent yet, or too many snapshots are open
   * @throws UnknownMarkError if the mark's snapshot is closed: after its last page, or when it was idle for long
   */
  page(mark: string | undefined): SnapshotPage {
    const { clock: stored, awaited } = this.#options.storage;
    if (!descends(stored, awaited))
      throw new SnapshotsBusyError('This node waits for writes itself; try again');
    const [id = '', number = ''] = mark?.split('.') ?? [this.#openSession(), '0'];
    const session = this.#sessions.get(id);
    const index = /^\d{1,9}$/.test(number) ? Number(number) : Number.NaN;
    if (session === undefined || !(index < session.cursors.length)) {
      throw new UnknownMarkError('is not a mark of an open snapshot; start over without a mark');
    }
    const { keys, next } = session.snapshot.page(session.cursors[index], SNAPSHOT_PAGE_BYTES);
    const { clock, retired } = session.snapshot;
    const page = {
      clock: retired.compact(clock),
      keys,
      ...(retired.size === 0 ? {} : { retired: retired.all }),
    };
    if (next === undefined) {
      this.#close(id);
      return { ...page, next };
    }
    session.cursors[index + 1] = next;
    this.#touch(id, session);
    return { ...page, next: `${id}.${index + 1}` };
  }

  /** Closes all snapshots. */
  close(): void {
    for (const id of [...this.#sessions.keys()]) this.#close(id);
  }

  #openSession(): string {
    if (this.#sessions.size >= MAX_OPEN) this.#replaceIdlest();
    const id = incarnationSuffix(this.#options.random);
    const session: Session = {
      snapshot: this.#options.storage.openSnapshot(),
      cursors: [undefined],
      usedAt: 0,
      cancelTimeout: () => {},
    };
    this.#close(id);
    this.#sessions.set(id, session);
    this.#touch(id, session);
    return id;
  }

  /** Closes the snapshot that was idle the longest, if its reader is probably gone. */
  #replaceIdlest(): void {
    const [idlest] = [...this.#sessions].sort(([, left], [, right]) => left.usedAt - right.usedAt);
    if (idlest === undefined || this.#options.scheduler.now() - idlest[1].usedAt < REPLACEABLE_AFTER_MS) {
      throw new SnapshotsBusyError(`This node already sends ${MAX_OPEN} snapshots; try again`);
    }
    this.#close(idlest[0]);
  }

  #touch(id: string, session: Session): void {
    session.cancelTimeout();
    session.usedAt = this.#options.scheduler.now();
    session.cancelTimeout = this.#options.scheduler.after(IDLE_MS, () => this.#close(id));
  }

  #close(id: string): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    session.cancelTimeout();
    session.snapshot.close();
    this.#sessions.delete(id);
  }
}
