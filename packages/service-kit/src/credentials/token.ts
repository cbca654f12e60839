import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** At most two: one in use, and the one that replaces it or that it has replaced. */
export const MAX_TOKENS = 2;

/**
 * A bearer token that can be replaced while the service runs.
 *
 * While it is replaced, there are two: the first is sent, both are accepted. Services that reread it at different times
 * therefore never refuse each other.
 */
export class Token {
  #values: readonly string[];
  #digests: readonly Buffer[];

  /** @param values one or two; the first is sent */
  constructor(values: readonly string[]) {
    this.#values = values;
    this.#digests = values.map(digest);
  }

  /** Returns a token that never changes, or the token itself. */
  static from(token: string | Token): Token {
    return typeof token === 'string' ? new Token([token]) : token;
  }

  /** The token to send. */
  get sent(): string {
    return this.#values[0] ?? '';
  }

  /** All accepted tokens, the sent one first. */
  get accepted(): readonly string[] {
    return this.#values;
  }

  /** Whether a received token is valid. Takes the same time for every wrong one. */
  accepts(candidate: string): boolean {
    // Compare digests: a constant-time comparison needs inputs of equal length.
    const received = digest(candidate);
    let accepted = false;
    for (const expected of this.#digests) if (timingSafeEqual(expected, received)) accepted = true;
    return accepted;
  }

  /**
   * Returns a token for one purpose, which does not reveal this one: for receivers that have not proved themselves.
   *
   * Does not follow when this token is replaced.
   */
  derive(purpose: string): Token {
    return new Token(this.#values.map((value) => createHmac('sha256', value).update(purpose).digest('hex')));
  }

  /** Takes over the values of another token. Returns whether that changes anything. */
  replaceBy(next: Token): boolean {
    const changed = next.#values.join('\n') !== this.#values.join('\n');
    this.#values = next.#values;
    this.#digests = next.#digests;
    return changed;
  }

  /** Hides the values from logs and error messages. */
  toJSON(): string {
    return '[token]';
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
