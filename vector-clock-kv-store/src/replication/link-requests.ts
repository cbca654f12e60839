/** The requests of one link that are in flight, of which several may overlap. */
export class LinkRequests {
  readonly #onEnded: () => void;
  readonly #running = new Set<Promise<void>>();
  /** Each rejects a response that is awaited. */
  readonly #aborts = new Set<() => void>();
  #failure: { error: unknown } | undefined;
  #aborted = false;

  /** @param onEnded called when a request that was added has ended */
  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
  }

  /** Lets a request run. If it fails, `check` throws its error. */
  add(request: Promise<void>): void {
    const running = request
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running.delete(running);
        this.#onEnded();
      });
    this.#running.add(running);
  }

  /** Resolves once no request runs. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** If a request has failed, waits for the others, then throws its error. */
  async check(): Promise<void> {
    if (this.#failure === undefined) return;
    await this.settled();
    const { error } = this.#failure;
    this.#failure = undefined;
    throw error;
  }

  /** Settles with the response, or rejects as soon as the link is stopped. */
  untilAborted<Result>(response: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(new Error('the link was stopped'));
      this.#aborts.add(abort);
      if (this.#aborted) abort();
      response.then(resolve, reject).finally(() => this.#aborts.delete(abort));
    });
  }

  /** Rejects all responses that are awaited, also later ones. */
  abort(): void {
    this.#aborted = true;
    for (const abort of this.#aborts) abort();
  }
}
