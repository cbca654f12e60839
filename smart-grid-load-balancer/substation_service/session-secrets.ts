import { createHash, timingSafeEqual } from 'node:crypto';
import type { SessionSecretRecord, SubstationJournal } from './session-records.ts';

export type SessionSecretsOptions = {
  journal: Pick<SubstationJournal, 'put' | 'remove'>;
  /** Returns an unguessable text. */
  newSecret: () => string;
};

/** 4: a session gets one when it starts, and another one only if it is repeated after a restart. */
const MAX_SECRETS = 4;

/**
 * The secrets that prove who holds a session. Only their hashes are stored.
 *
 * A repeated request gets the secret of its first response while this process runs. After a restart nobody can tell
 * that secret any more, so that a repeated request gets another one; the first stays valid.
 */
export class SessionSecrets {
  readonly #options: SessionSecretsOptions;
  readonly #hashes = new Map<string, readonly string[]>();
  /** The secrets that this process has issued, by session id. */
  readonly #texts = new Map<string, string>();

  constructor(options: SessionSecretsOptions) {
    this.#options = options;
  }

  /** Remembers the secrets of sessions that were running before a restart. */
  restore(
    records: Iterable<readonly [id: string, record: SessionSecretRecord]>,
    isRunning: (sessionId: string) => boolean,
  ): void {
    for (const [id, { hashes }] of records) {
      if (isRunning(id)) this.#hashes.set(id, hashes);
      else this.#options.journal.remove('secrets', id);
    }
  }

  /** Returns the secret of a session that starts. */
  issue(sessionId: string): string {
    return this.#add(sessionId, []);
  }

  /** Returns a secret for a repeated request; undefined if its session has ended or has none. */
  reissue(sessionId: string): string | undefined {
    const hashes = this.#hashes.get(sessionId);
    if (hashes === undefined) return undefined;
    return this.#texts.get(sessionId) ?? this.#add(sessionId, hashes);
  }

  /**
   * Whether a secret is one of a running session's. A session that started under an earlier release has none: its
   * holder knows only the id.
   */
  accepts(sessionId: string, secret: string | undefined): boolean {
    const hashes = this.#hashes.get(sessionId);
    if (hashes === undefined) return true;
    const received = Buffer.from(hashOf(secret ?? ''));
    let accepted = false;
    for (const hash of hashes) if (timingSafeEqual(Buffer.from(hash), received)) accepted = true;
    return accepted;
  }

  /** Forgets the secrets of a session that has ended. */
  end(sessionId: string): void {
    this.#texts.delete(sessionId);
    if (this.#hashes.delete(sessionId)) this.#options.journal.remove('secrets', sessionId);
  }

  #add(sessionId: string, known: readonly string[]): string {
    const text = this.#options.newSecret();
    const record: SessionSecretRecord = { hashes: [...known, hashOf(text)].slice(-MAX_SECRETS) };
    this.#texts.set(sessionId, text);
    this.#hashes.set(sessionId, record.hashes);
    this.#options.journal.put('secrets', sessionId, record);
    return text;
  }
}

/** SHA-256 in hexadecimal: always of one length. Secrets are random, so that a slow hash adds nothing. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
