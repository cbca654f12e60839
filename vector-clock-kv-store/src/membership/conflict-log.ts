import type { Logger } from '@gridclock/service-kit';

/**
 * `identity`: this node's numbering was not its own. `name`: another process uses this node's name.
 * `peer`: another node than the configured one answers at a peer's address. `life`: a peer's numbering contradicts
 * what is recorded of it.
 */
export const conflictKinds = ['identity', 'name', 'peer', 'life'] as const;

export type ConflictKind = (typeof conflictKinds)[number];

export type Conflict = { kind: ConflictKind; subject: string; message: string };

/** The conflicts about identities that this node sees now, and the last one that it resolved. */
export class ConflictLog {
  readonly #logger: Logger;
  readonly #onConflict: (kind: ConflictKind) => void;
  readonly #current = new Map<string, Conflict>();
  #resolved: Conflict | undefined;

  /** @param onConflict called once for each conflict */
  constructor(logger: Logger, onConflict: (kind: ConflictKind) => void) {
    this.#logger = logger;
    this.#onConflict = onConflict;
  }

  get current(): Conflict[] {
    return [...this.#current.values()];
  }

  /** The last conflict about this node's own numbering, which the node has resolved. */
  get resolved(): Conflict | undefined {
    return this.#resolved;
  }

  /** Logs and counts a conflict, unless it is known already. */
  report(conflict: Conflict): void {
    const key = keyOf(conflict);
    if (this.#current.has(key)) return;
    this.#current.set(key, conflict);
    this.#onConflict(conflict.kind);
    this.#logger.error(conflict, `conflict about an identity: ${conflict.message}`);
  }

  /** Ends a conflict. @param outcome what has become of it */
  end({ kind, subject }: Pick<Conflict, 'kind' | 'subject'>, outcome?: string): void {
    const key = keyOf({ kind, subject });
    const conflict = this.#current.get(key);
    if (conflict === undefined) return;
    this.#current.delete(key);
    if (kind === 'identity') {
      this.#resolved = { ...conflict, message: `${conflict.message}; ${outcome ?? 'resolved'}` };
    }
    this.#logger.warn({ kind, subject, outcome }, 'the conflict about an identity is over');
  }
}

function keyOf({ kind, subject }: Pick<Conflict, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}
