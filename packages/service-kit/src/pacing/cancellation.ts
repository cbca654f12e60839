/** The part of an AbortSignal that requests use. */
export type CancelSignal = {
  readonly aborted: boolean;
  addEventListener: (type: 'abort', listener: () => void, options?: { once: boolean }) => void;
  removeEventListener: (type: 'abort', listener: () => void) => void;
};

/**
 * Gives up what is done for one request.
 *
 * It serves as an AbortController and its signal, which take several microseconds of each request in Node.js.
 */
export class Cancellation implements CancelSignal {
  /** Most have one listener, which needs no set. */
  #first: (() => void) | undefined;
  #others: Set<() => void> | undefined;
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Calls each listener once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const first = this.#first;
    this.#first = undefined;
    first?.();
    const others = this.#others;
    if (others === undefined) return;
    // One that a listener removes is not called.
    for (const listener of others) listener();
    others.clear();
  }

  /** As of an AbortSignal: a listener that is added after the abort is never called. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#aborted || this.#first === listener) return;
    if (this.#first === undefined && this.#others === undefined) this.#first = listener;
    else {
      this.#others ??= new Set();
      this.#others.add(listener);
    }
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    if (this.#first === listener) this.#first = undefined;
    else this.#others?.delete(listener);
  }
}
