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
  /** Created for the first listener, because most requests end before anything listens. */
  #listeners: Set<() => void> | undefined;
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Calls each listener once. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    const listeners = this.#listeners;
    if (listeners === undefined) return;
    // One that a listener removes is not called.
    for (const listener of listeners) listener();
    listeners.clear();
  }

  /** As of an AbortSignal: a listener that is added after the abort is never called. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (this.#aborted) return;
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }
}
